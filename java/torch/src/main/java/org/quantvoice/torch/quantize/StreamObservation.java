package org.quantvoice.torch.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.features.Fbank;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.U2Script;

/**
 * Runs the methods of a streaming model on recordings: the encoder in chunks of 16 frames with 4 chunks of left
 * context, the CTC layer, and the attention decoder on the hypotheses of the CTC layer.
 */
public final class StreamObservation implements Observation {
    private static final int SAMPLE_RATE = 16_000;
    private static final int CHUNK = 16;
    private static final int HISTORY = 64;
    /**
     * The blank of WeNet's models. If a model has another one, only the hypotheses of the calibration become longer.
     */
    private static final int BLANK = 0;

    private static final double BOTH = 0.5;

    private final StreamConstants constants;
    private final Taps encoder;
    private final Taps ctc;
    private final Taps decoder;

    /** @param constants of the model before it was frozen */
    StreamObservation(FrozenScript script, Selection selection, StreamConstants constants) {
        this.constants = constants;
        encoder = new Taps(script, selection, "forward_encoder_chunk");
        ctc = new Taps(script, selection, "ctc_activation");
        decoder = new Taps(script, selection, "forward_attention_decoder");
    }

    @Override
    public List<Site> sites() {
        return Stream.of(encoder, ctc, decoder)
                .flatMap(taps -> taps.sites().stream())
                .toList();
    }

    @Override
    public void run(float[] samples, BiConsumer<String, Tensor> seen) {
        float[] features = new Fbank(SAMPLE_RATE, constants.melBins()).accept(samples);
        int frames = features.length / constants.melBins();
        if (frames <= constants.rightContext()) {
            return; // the recording is shorter than one frame
        }
        IValue memory = new IValue(encode(features, frames, seen));
        Tensor logProbs = ctc.run(List.of(memory), seen).toTensor();
        List<int[]> hypothesis = List.of(rows(logProbs).bestPath(BLANK));
        List<IValue> arguments = new ArrayList<>(U2Script.hypotheses(hypothesis, constants.sos()));
        arguments.add(memory);
        arguments.add(new IValue(BOTH));
        decoder.run(arguments, seen);
    }

    private Tensor encode(float[] features, int frames, BiConsumer<String, Tensor> seen) {
        int bins = constants.melBins();
        int step = CHUNK * constants.subsampling();
        int window = step - constants.subsampling() + constants.rightContext() + 1;
        TensorVector outputs = new TensorVector();
        IValue attention = new IValue(U2Script.noCache());
        IValue convolution = new IValue(U2Script.noCache());
        long offset = 0;
        for (int at = 0; at + constants.rightContext() < frames; at += step) {
            int count = Math.min(window, frames - at);
            float[] chunk = Arrays.copyOfRange(features, at * bins, (at + count) * bins);
            IValue input = new IValue(U2Script.floats(chunk, 1, count, bins));
            List<IValue> arguments =
                    List.of(input, new IValue(offset), new IValue((long) HISTORY), attention, convolution);
            TupleElements out = encoder.run(arguments, seen).toTuple().elements();
            Tensor output = new Tensor(out.get(0).toTensor());
            outputs.push_back(output);
            attention = new IValue(out.get(1));
            convolution = new IValue(out.get(2));
            offset += output.size(1);
        }
        return torch.cat(outputs, 1);
    }

    private static LogProbs rows(Tensor logProbs) {
        int vocabulary = Math.toIntExact(logProbs.size(2));
        float[] values = ScriptModule.floats(logProbs);
        return new LogProbs(values, values.length / vocabulary, vocabulary);
    }
}
