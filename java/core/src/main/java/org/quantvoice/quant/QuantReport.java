package org.quantvoice.quant;

import java.util.List;
import java.util.Optional;

/**
 * The effect of quantization on each layer.
 *
 * @param layers in the order of the model
 * @param bytesBefore size of the float model file
 * @param bytesAfter size of the quantized model if saved
 * @param tuning report of a budget, if there was one
 * @param ranges ranges of the inputs of static layers, on libtorch of their outputs too
 * @param stream settings of live streams, if the model has caches and the report comes from a session
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

    /** Makes a report without streams. */
    public QuantReport(
            List<Layer> layers,
            long bytesBefore,
            long bytesAfter,
            Optional<TuningReport> tuning,
            ActivationRanges ranges) {
        this(layers, bytesBefore, bytesAfter, tuning, ranges, Optional.empty());
    }

    /** Makes a report without ranges. */
    public QuantReport(List<Layer> layers, long bytesBefore, long bytesAfter, Optional<TuningReport> tuning) {
        this(layers, bytesBefore, bytesAfter, tuning, ActivationRanges.NONE);
    }

    /** Makes a report without a budget. */
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

    /** Methods by which layers were quantized. */
    public enum Method {
        /** Int8 weights, and activations with ranges from calibration. */
        STATIC,
        /** Int8 weights, and activations with ranges that each run finds. */
        DYNAMIC,
        /** Weights of half precision, and float activations and sums. */
        FLOAT16,
        KEPT_FLOAT
    }

    /**
     * One layer.
     *
     * @param path dotted path in the model
     * @param type its type, e.g. {@code Conv1d}
     * @param method how it was quantized
     * @param meanSqnr signal-to-quantization-noise ratio of its output over all calibration frames, in dB; NaN if not
     *     measured. The native engine takes at most eight recordings, and its noise includes the noise of the layers
     *     before
     * @param worstFrameSqnr the ratio of the worst frame, relative to that frame's variation over channels; NaN if
     *     not measured
     * @param note why it stayed float, else empty
     */
    public record Layer(String path, String type, Method method, double meanSqnr, double worstFrameSqnr, String note) {}
}
