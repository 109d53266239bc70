package org.quantvoice.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.source.StreamingGradients;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;
import org.quantvoice.torch.train.GradientGraph;

/**
 * Gradients of a streaming model by libtorch's autograd: its methods run chunk by chunk, and back through all chunks, because
 * their caches are tensors that were computed.
 */
final class U2Gradients implements StreamingGradients {
    private static final int ENCODER = 0;
    private static final int CTC = 1;
    private static final long ALL = -1;
    /** The reverse weight that makes the script run its right-to-left decoder too. */
    private static final double BOTH = 0.5;

    private final ScriptModule module;

    /** @param module a float one; its methods are inlined in place, which changes no result */
    U2Gradients(ScriptModule module) {
        this.module = module;
    }

    /** The methods, one of which also gives the outputs of layers. */
    private record Methods(GradientGraph encoder, GradientGraph ctc, GradientGraph decoder, StreamConstants constants) {

        static Methods of(JitModule module, int part, Set<String> layers) {
            return new Methods(
                    new GradientGraph(module, "forward_encoder_chunk", part == ENCODER ? layers : Set.of()),
                    new GradientGraph(module, "ctc_activation", part == CTC ? layers : Set.of()),
                    new GradientGraph(module, "forward_attention_decoder", part > CTC ? layers : Set.of()),
                    new U2Script(module).constants());
        }
    }

    @Override
    public List<Map<String, List<float[]>>> of(
            int part, List<Recording> recordings, Set<String> layers, int blank, int threads, Progress progress) {
        try (TorchCall call = new TorchCall(threads)) {
            return Libtorch.call(() -> {
                TorchGradients.holdParameters(module);
                Methods methods = Methods.of(module.module(), part, layers);
                List<Map<String, List<float[]>>> all = new ArrayList<>();
                for (int i = 0; i < recordings.size(); i++) {
                    progress.report("gradients of the loss", i, recordings.size());
                    if (!recordings.get(i).chunks().isEmpty()) {
                        all.addAll(differentiate(methods, part, recordings.get(i), blank));
                    }
                }
                return all;
            });
        } catch (TorchFailure e) {
            throw new UnsupportedOperatorException(
                    "a streaming model that libtorch cannot differentiate (" + e.getMessage() + ")",
                    TorchGradients.EXPECTED,
                    TorchGradients.CURE,
                    e);
        }
    }

    private static List<Map<String, List<float[]>>> differentiate(
            Methods methods, int part, Recording recording, int blank) {
        try (PointerScope scope = new PointerScope()) {
            AutoGradMode gradients = new AutoGradMode(true);
            try {
                List<GradientGraph.Outputs> seen = new ArrayList<>();
                Tensor memory = encode(methods, recording, seen);
                GradientGraph.Outputs ctc = methods.ctc().run(List.of(new IValue(memory)));
                Tensor rows = new Tensor(ctc.result().toTensor()).squeeze(0);
                Tensor loss = TorchGradients.loss(torch.log_softmax(rows, 1), new float[0], blank);
                GradientGraph.Outputs decoder = decode(methods, recording, memory);
                loss = loss.add(decoderLoss(methods.constants(), decoder.result(), recording.hypothesis()));
                List<GradientGraph.Outputs> asked =
                        part == ENCODER ? seen : part == CTC ? List.of(ctc) : List.of(decoder);
                asked.forEach(TorchGradients::retain);
                loss.backward();
                return asked.stream().map(TorchGradients::gradients).toList();
            } finally {
                gradients.deallocate();
            }
        }
    }

    /** Returns the encoder's output {@code [1, frames, width]}, and adds what each chunk gave. */
    private static Tensor encode(Methods methods, Recording recording, List<GradientGraph.Outputs> seen) {
        int bins = methods.constants().melBins();
        TensorVector outputs = new TensorVector();
        Tensor keys = torch.zeros(recording.keys());
        Tensor convolution = torch.zeros(recording.convolution());
        for (float[] chunk : recording.chunks()) {
            int frames = chunk.length / bins;
            GradientGraph.Outputs run = methods.encoder()
                    .run(List.of(
                            new IValue(U2Script.floats(chunk, 1, frames, bins)),
                            new IValue(keys.size(2)),
                            new IValue(ALL),
                            new IValue(keys),
                            new IValue(convolution)));
            TupleElements results = run.result().toTuple().elements();
            outputs.push_back(new Tensor(results.get(0).toTensor()));
            keys = last(new Tensor(results.get(1).toTensor()), recording.history(), seen.isEmpty() ? 1 : 0);
            convolution = new Tensor(results.get(2).toTensor());
            seen.add(run);
        }
        return torch.cat(outputs, 1);
    }

    /** Returns the last keys, at most {@code most} of those behind the first {@code dropped}. */
    private static Tensor last(Tensor keys, long most, long dropped) {
        long kept = Math.min(most, keys.size(2) - dropped);
        return keys.narrow(2, keys.size(2) - kept, kept);
    }

    private static GradientGraph.Outputs decode(Methods methods, Recording recording, Tensor memory) {
        StreamConstants constants = methods.constants();
        List<IValue> arguments = new ArrayList<>(U2Script.hypotheses(List.of(recording.hypothesis()), constants.sos()));
        arguments.add(new IValue(memory));
        arguments.add(new IValue(constants.bidirectional() ? BOTH : 0.0));
        return methods.decoder().run(arguments);
    }

    /** Returns the negative log-probability of a hypothesis and its end, forth, and back if the model does that too. */
    private static Tensor decoderLoss(StreamConstants constants, IValue result, int[] hypothesis) {
        TupleElements both = result.toTuple().elements();
        Tensor forth = new Tensor(both.get(0).toTensor());
        Tensor loss = scores(forth, hypothesis, constants.eos());
        if (constants.bidirectional()) {
            int[] reversed = new int[hypothesis.length];
            for (int i = 0; i < reversed.length; i++) {
                reversed[i] = hypothesis[reversed.length - 1 - i];
            }
            loss = loss.add(scores(new Tensor(both.get(1).toTensor()), reversed, constants.eos()));
        }
        return loss.neg();
    }

    /** @param logProbs {@code [1, tokens + 1, vocabulary]} */
    private static Tensor scores(Tensor logProbs, int[] tokens, int eos) {
        int vocabulary = Math.toIntExact(logProbs.size(2));
        float[] wanted = new float[(tokens.length + 1) * vocabulary];
        for (int i = 0; i <= tokens.length; i++) {
            wanted[i * vocabulary + (i == tokens.length ? eos : tokens[i])] = 1;
        }
        return logProbs.mul(U2Script.floats(wanted, 1, tokens.length + 1, vocabulary))
                .sum();
    }
}
