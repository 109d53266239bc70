package org.quantvoice.internal.quantize;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;

/** Computes measures of sensitivity from the outputs of a layer in float and with 8 bits. */
public final class OutputStatistics {
    private static final int BINS = 64;
    /**
     * Largest number of values of a recording of which the median is taken; of longer ones every n-th value is used.
     */
    private static final int SAMPLE = 1 << 16;

    private final List<float[]> exact;
    private final List<float[]> rounded;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private long count;

    private OutputStatistics(List<float[]> exact, List<float[]> rounded) {
        this.exact = exact;
        this.rounded = rounded;
        for (float[] values : exact) {
            count += values.length;
            for (float x : values) {
                low = Math.min(low, x);
                high = Math.max(high, x);
            }
        }
    }

    /**
     * Computes the measures.
     *
     * @param exact outputs of the float layer, one array for each recording, not all empty, finite
     * @param rounded outputs of the 8-bit layer, of the same sizes
     */
    public static TuningReport.Statistics of(List<float[]> exact, List<float[]> rounded) {
        return new OutputStatistics(exact, rounded).measure();
    }

    private TuningReport.Statistics measure() {
        Map<Sensitivity, Double> values = new EnumMap<>(Sensitivity.class);
        long[] histogram = histogram(exact);
        values.put(
                Sensitivity.MEAN,
                exact.stream().mapToDouble(OutputStatistics::magnitudes).sum() / count);
        values.put(Sensitivity.MEDIAN, median());
        values.put(Sensitivity.MAX, Math.max(Math.abs(low), Math.abs(high)));
        distances(values);
        values.put(Sensitivity.KL, divergence(histogram, histogram(rounded)));
        return new TuningReport.Statistics(
                values, low, high, LongStream.of(histogram).boxed().toList());
    }

    private static double magnitudes(float[] values) {
        double sum = 0;
        for (float x : values) {
            sum += Math.abs(x);
        }
        return sum;
    }

    private double median() {
        int every = (int) Math.max(1, (count + SAMPLE - 1) / SAMPLE);
        float[] sample = new float[(int) (count / every + exact.size())];
        int n = 0;
        for (float[] values : exact) {
            for (int i = 0; i < values.length; i += every) {
                sample[n++] = Math.abs(values[i]);
            }
        }
        Arrays.sort(sample, 0, n);
        return n % 2 == 1 ? sample[n / 2] : (sample[n / 2 - 1] + (double) sample[n / 2]) / 2;
    }

    private void distances(Map<Sensitivity, Double> into) {
        double l1 = 0;
        double l2 = 0;
        double dot = 0;
        double norm = 0;
        double roundedNorm = 0;
        for (int r = 0; r < exact.size(); r++) {
            float[] a = exact.get(r);
            float[] b = rounded.get(r);
            for (int i = 0; i < a.length; i++) {
                double off = (double) a[i] - b[i];
                l1 += Math.abs(off);
                l2 += off * off;
                dot += (double) a[i] * b[i];
                norm += (double) a[i] * a[i];
                roundedNorm += (double) b[i] * b[i];
            }
        }
        double length = Math.sqrt(norm * roundedNorm);
        into.put(Sensitivity.L1, l1 / count);
        into.put(Sensitivity.L2, Math.sqrt(l2 / count));
        into.put(Sensitivity.COSINE, length == 0 ? (l2 == 0 ? 0.0 : 1.0) : Math.max(0, 1 - dot / length));
    }

    /** Counts values in bins; values beyond the range of the float layer count in the outermost bins. */
    private long[] histogram(List<float[]> all) {
        long[] bins = new long[BINS];
        double width = high - low;
        for (float[] values : all) {
            for (float x : values) {
                int bin = width > 0 ? (int) ((x - low) / width * BINS) : 0;
                bins[Math.max(0, Math.min(BINS - 1, bin))]++;
            }
        }
        return bins;
    }

    /** Returns the divergence of two histograms; half a value is added to each bin, so that no bin is empty. */
    private static double divergence(long[] p, long[] q) {
        double totalP = LongStream.of(p).sum() + 0.5 * BINS;
        double totalQ = LongStream.of(q).sum() + 0.5 * BINS;
        double sum = 0;
        for (int i = 0; i < BINS; i++) {
            double a = (p[i] + 0.5) / totalP;
            double b = (q[i] + 0.5) / totalQ;
            sum += a * Math.log(a / b);
        }
        return Math.max(0, sum);
    }
}
