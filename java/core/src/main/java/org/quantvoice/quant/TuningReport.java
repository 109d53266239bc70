package org.quantvoice.quant;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of choosing bits for a budget.
 *
 * @param size the budget in bytes, if it was one
 * @param averageBits the budget in bits of a weight, if it was one
 * @param sensitivity measure that decided which layers keep more bits
 * @param objective objective by which scales were chosen
 * @param scheme scheme of weights of 8 bits and fewer
 * @param fileBytes size of the whole {@code .qv} file
 * @param memoryBytes upper bound of the weights in memory on this CPU
 * @param smallestBytes the least budget that the model can meet
 * @param int8Bytes the budget with which all layers have 8 bits
 * @param recordings number of recordings
 * @param layers in the order of the model
 */
public record TuningReport(
        Optional<DataSize> size,
        OptionalDouble averageBits,
        Sensitivity sensitivity,
        ScaleObjective objective,
        WeightScheme scheme,
        long fileBytes,
        long memoryBytes,
        long smallestBytes,
        long int8Bytes,
        int recordings,
        List<Layer> layers) {

    public TuningReport {
        layers = List.copyOf(layers);
    }

    /** Returns the budget in words. */
    public String budget() {
        return size.map(DataSize::toString).orElseGet(() -> {
            double bits = averageBits.orElseThrow();
            return String.format(Locale.ROOT, bits == Math.rint(bits) ? "%.0f" : "%s", bits)
                    + " bits a weight on average";
        });
    }

    /** Returns the average number of bits of a weight over all weights of the layers. */
    public double meanBits() {
        double weights = layers.stream().mapToDouble(Layer::weights).sum();
        return layers.stream()
                        .mapToDouble(l -> l.format().bits() * (double) l.weights())
                        .sum()
                / weights;
    }

    /**
     * One layer.
     *
     * @param path dotted path in the model
     * @param type its type, e.g. {@code Conv1d}
     * @param weights number of its weights
     * @param format the chosen format
     * @param bytesBefore in the file, as float
     * @param bytesAfter in the file
     * @param sqnr signal-to-quantization-noise ratio of its output with the chosen format, over all recordings, in
     *     dB; infinite without noise
     * @param statistics statistics of the float layer
     */
    public record Layer(
            String path,
            String type,
            long weights,
            WeightFormat format,
            long bytesBefore,
            long bytesAfter,
            double sqnr,
            Statistics statistics) {}

    /**
     * Statistics of a layer's output.
     *
     * @param values by every measure of sensitivity
     * @param low smallest output
     * @param high largest output
     * @param counts of outputs in evenly wide bins from low to high
     */
    public record Statistics(Map<Sensitivity, Double> values, double low, double high, List<Long> counts) {

        public Statistics {
            values = java.util.Collections.unmodifiableMap(new EnumMap<>(values));
            counts = List.copyOf(counts);
        }

        /** Returns the value of a measure. */
        public double value(Sensitivity measure) {
            return requireNonNull(values.get(measure), measure.name());
        }
    }
}
