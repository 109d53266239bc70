package org.quantvoice.quant;

import java.util.List;
import java.util.Optional;

/**
 * What quantization did to each layer.
 *
 * @param layers in the order of the model
 * @param bytesBefore size of the float model file
 * @param bytesAfter size of the quantized model as it would be saved
 * @param tuning how a budget was spent, if there was one
 * @param ranges of the inputs of static layers, on libtorch of their outputs too
 * @param stream how live streams run over the model, if it is one with caches and a session tells it
 */
public record QuantReport(
        List<Layer> layers,
        long bytesBefore,
        long bytesAfter,
        Optional<TuningReport> tuning,
        ActivationRanges ranges,
        Optional<StreamSettings> stream) {

    public QuantReport {
        layers = List.copyOf(layers);
    }

    /** A report without streams. */
    public QuantReport(
            List<Layer> layers,
            long bytesBefore,
            long bytesAfter,
            Optional<TuningReport> tuning,
            ActivationRanges ranges) {
        this(layers, bytesBefore, bytesAfter, tuning, ranges, Optional.empty());
    }

    /** A report without ranges. */
    public QuantReport(List<Layer> layers, long bytesBefore, long bytesAfter, Optional<TuningReport> tuning) {
        this(layers, bytesBefore, bytesAfter, tuning, ActivationRanges.NONE);
    }

    /** A report without a budget. */
    public QuantReport(List<Layer> layers, long bytesBefore, long bytesAfter) {
        this(layers, bytesBefore, bytesAfter, Optional.empty());
    }

    public QuantReport withStream(StreamSettings settings) {
        return new QuantReport(layers, bytesBefore, bytesAfter, tuning, ranges, Optional.of(settings));
    }

    /** The layers that were asked for but kept float, with the reason in {@link Layer#note()}. */
    public List<Layer> keptFloat() {
        return layers.stream().filter(l -> l.method() == Method.KEPT_FLOAT).toList();
    }

    /** What became of a layer. */
    public enum Method {
        /** Int8 weights, activations with ranges from calibration. */
        STATIC,
        /** Int8 weights, activations with ranges found at each run. */
        DYNAMIC,
        /** Weights of half precision, float activations and sums. */
        FLOAT16,
        KEPT_FLOAT
    }

    /**
     * One layer.
     *
     * @param path dotted path in the model
     * @param type its type, e.g. {@code Conv1d}
     * @param method what became of it
     * @param meanSqnr signal to quantization noise of its output over all calibration frames, in dB; NaN if not measured. The
     *     native engine takes at most eight recordings, and its noise includes that of the layers before
     * @param worstFrameSqnr the same of the worst frame, relative to that frame's variation over channels; NaN if not measured
     * @param note why it was kept float, else empty
     */
    public record Layer(String path, String type, Method method, double meanSqnr, double worstFrameSqnr, String note) {}
}
