package org.quantvoice.torch.script;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.live.StreamingModel;

/**
 * The methods of WeNet's runtime interface on a TorchScript module. The caller holds a {@link TorchCall} and the quantized
 * engine.
 */
public final class U2Script {
    private static final String CMVN = "encoder.global_cmvn";
    private static final int USUAL_MEL_BINS = 80;

    private final JitModule module;

    public U2Script(JitModule module) {
        this.module = module;
    }

    /** Returns whether a module has any of these methods, and so is meant to be such a model. */
    public static boolean matches(JitModule module) {
        return StreamingModel.METHODS.stream().anyMatch(m -> has(module, m));
    }

    private static boolean has(JitModule module, String method) {
        return module.find_method(method).has_value();
    }

    /**
     * Checks that the module has all methods. @throws UnsupportedOperatorException if methods are missing; it lists
     * them
     */
    public void requireMethods() {
        List<String> missing =
                StreamingModel.METHODS.stream().filter(m -> !has(module, m)).toList();
        if (!missing.isEmpty()) {
            throw new UnsupportedOperatorException(
                    "a streaming model without " + String.join(", ", missing),
                    "the methods " + String.join(", ", StreamingModel.METHODS),
                    "export it as WeNet does for its runtime (export_jit.py)");
        }
    }

    public StreamConstants constants() {
        return new StreamConstants(
                melBins(),
                integer("subsampling_rate"),
                integer("right_context"),
                integer("sos_symbol"),
                integer("eos_symbol"),
                call("is_bidirectional_decoder").toBool());
    }

    private int integer(String method) {
        return Math.toIntExact(call(method).toInt());
    }

    /**
     * Returns the width of the features, which is that of the mean that the model subtracts from them. A model without
     * a mean is assumed to have the usual width.
     */
    private int melBins() {
        ModuleTree modules = new ModuleTree(module);
        if (!modules.paths().contains(CMVN) || !modules.module(CMVN).hasattr("mean")) {
            return USUAL_MEL_BINS;
        }
        Tensor mean = modules.module(CMVN).attr("mean").toTensor();
        return Math.toIntExact(mean.numel());
    }

    public IValue call(String method, IValue... arguments) {
        IValueVector inputs = new IValueVector();
        for (IValue argument : arguments) {
            inputs.push_back(argument);
        }
        return module.get_method(method).apply(inputs);
    }

    /** The results of one chunk: encoder frames, and the caches of attention and convolutions. */
    public record Chunk(Tensor encoder, Tensor attention, Tensor convolution) {}

    /**
     * Runs the encoder on one chunk.
     *
     * @param features {@code [1, frames, melBins]}
     */
    public Chunk encode(Tensor features, long offset, long cacheSize, Tensor attention, Tensor convolution) {
        TupleElements out = call(
                        "forward_encoder_chunk",
                        new IValue(features),
                        new IValue(offset),
                        new IValue(cacheSize),
                        new IValue(attention),
                        new IValue(convolution))
                .toTuple()
                .elements();
        return new Chunk(tensor(out, 0), tensor(out, 1), tensor(out, 2));
    }

    /** Returns a new reference to the tensor, because {@code toTensor} alone points into the boxed value. */
    private static Tensor tensor(TupleElements values, int index) {
        return new Tensor(values.get(index).toTensor());
    }

    public Tensor logProbs(Tensor encoder) {
        return new Tensor(call("ctc_activation", new IValue(encoder)).toTensor());
    }

    /**
     * Returns the log-probs of the left-to-right and the right-to-left decoder. The second is a scalar if the model
     * lacks that decoder.
     */
    public List<Tensor> decode(List<int[]> hypotheses, int sos, Tensor encoder, double reverseWeight) {
        List<IValue> both = hypotheses(hypotheses, sos);
        TupleElements out = call(
                        "forward_attention_decoder",
                        both.get(0),
                        both.get(1),
                        new IValue(encoder),
                        new IValue(reverseWeight))
                .toTuple()
                .elements();
        return List.of(tensor(out, 0), tensor(out, 1));
    }

    public static ModelFormatException noReverseScores() {
        return new ModelFormatException(
                "a bidirectional model whose forward_attention_decoder gives no scores of a right-to-left decoder",
                "log-probabilities [hypotheses, length, vocabulary] as its second result",
                "export it as WeNet does for its runtime (export_jit.py)");
    }

    /**
     * Returns the tokens {@code [n, longest + 1]}, each row after sos, and the row lengths {@code [n]}, which count
     * sos.
     */
    public static List<IValue> hypotheses(List<int[]> hypotheses, int sos) {
        int longest = hypotheses.stream().mapToInt(h -> h.length).max().orElse(0) + 1;
        long[] tokens = new long[hypotheses.size() * longest];
        long[] lengths = new long[hypotheses.size()];
        for (int i = 0; i < lengths.length; i++) {
            int[] hypothesis = hypotheses.get(i);
            tokens[i * longest] = sos;
            for (int j = 0; j < hypothesis.length; j++) {
                tokens[i * longest + 1 + j] = hypothesis[j];
            }
            lengths[i] = hypothesis.length + 1L;
        }
        return List.of(new IValue(longs(tokens, lengths.length, longest)), new IValue(longs(lengths, lengths.length)));
    }

    /** Returns the cache before the first chunk. It is empty, by which the methods mean that there is none. */
    public static Tensor noCache() {
        return torch.zeros(0, 0, 0, 0);
    }

    public static Tensor floats(float[] values, long... shape) {
        try (FloatPointer data = new FloatPointer(values)) {
            return torch.from_blob(data, shape).clone(); // clone, because from_blob does not own the memory
        }
    }

    private static Tensor longs(long[] values, long... shape) {
        try (LongPointer data = new LongPointer(values)) {
            return torch.from_blob(data, shape, new TensorOptions(torch.ScalarType.Long))
                    .clone();
        }
    }
}
