package org.quantvoice.torch.quantize;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.torch.script.QuantParams;
import org.quantvoice.torch.script.ScriptModule;

/**
 * Counts values in 2,048 bins and cuts the range where the expected squared rounding error is least: the search of PyTorch's
 * HistogramObserver, which follows {@code NormMinimization::NonlinearQuantizationParamsSearch} of Caffe2.
 */
public final class HistogramObserver implements RangeObserver {
    private static final int BINS = 2048;
    /** The number of levels that the search assumes, even if fewer are used later, as in PyTorch. */
    private static final int LEVELS = 256;
    /** The number of parts that each old bin is split into when the range grows. */
    private static final int SPLIT = 16;

    private static final double STEP = 1e-5;

    private final String name;
    private final MinMaxObserver range;
    private double[] histogram = new double[BINS];

    HistogramObserver(String name) {
        this.name = name;
        this.range = new MinMaxObserver(name);
    }

    @Override
    public void add(Tensor tensor) {
        if (tensor.numel() == 0) {
            return;
        }
        T_TensorTensor_T bounds = tensor.aminmax();
        float oldMin = range.min();
        float oldMax = range.max();
        boolean first = range.isEmpty();
        range.add(bounds.get0().item_float(), bounds.get1().item_float());
        double[] counts = count(tensor, range.min(), range.max());
        double[] before = first ? counts : rebinned(oldMin, oldMax);
        if (!first) {
            for (int i = 0; i < BINS; i++) {
                counts[i] += before[i];
            }
        }
        histogram = counts;
    }

    private static double[] count(Tensor tensor, float min, float max) {
        float[] counts = ScriptModule.floats(tensor.histc(BINS, new Scalar(min), new Scalar(max)));
        double[] wide = new double[BINS];
        for (int i = 0; i < BINS; i++) {
            wide[i] = counts[i];
        }
        return wide;
    }

    /** Returns the counts between {@code oldMin} and {@code oldMax}, moved to the bins of the present range. */
    private double[] rebinned(float oldMin, float oldMax) {
        if (oldMin == range.min() && oldMax == range.max()) {
            return histogram;
        }
        double[] moved = new double[BINS];
        double width = ((double) range.max() - range.min()) / BINS;
        double piece = ((double) oldMax - oldMin) / (BINS * SPLIT);
        for (int i = 0; i < BINS * SPLIT; i++) {
            double middle = oldMin + (i + 0.5) * piece;
            int bin = (int) Math.floor((middle - range.min()) / width);
            moved[Math.max(0, Math.min(BINS - 1, bin))] += histogram[i / SPLIT] / SPLIT;
        }
        return moved;
    }

    @Override
    public QuantParams params(RangeScheme scheme) {
        if (range.isEmpty()) {
            throw RangeObserver.nothingSeen(name);
        }
        int[] bins = leastError();
        double width = ((double) range.max() - range.min()) / BINS;
        return QuantParams.covering(range.min() + width * bins[0], range.min() + width * (bins[1] + 1), scheme);
    }

    /** Returns the first and last bin of the best range. Both ends move inwards by quantiles until the error grows. */
    private int[] leastError() {
        double[] below = new double[BINS];
        double total = 0;
        for (int i = 0; i < BINS; i++) {
            total += histogram[i];
            below[i] = total;
        }
        int start = 0;
        int end = BINS - 1;
        double alpha = 0;
        double beta = 1;
        double least = Double.POSITIVE_INFINITY;
        while (alpha < beta) {
            int left = start;
            while (left < end && below[left] < (alpha + STEP) * total) {
                left++;
            }
            int right = end;
            while (right > start && below[right] > (beta - STEP) * total) {
                right--;
            }
            boolean moveStart = left - start > end - right;
            int nextStart = moveStart ? left : start;
            int nextEnd = moveStart ? end : right;
            alpha += moveStart ? STEP : 0;
            beta -= moveStart ? 0 : STEP;
            if (nextStart == start && nextEnd == end) {
                continue;
            }
            double error = error(nextStart, nextEnd);
            if (error > least) {
                break;
            }
            least = error;
            start = nextStart;
            end = nextEnd;
        }
        return new int[] {start, end};
    }

    /**
     * Returns the expected squared error if bins {@code start} to {@code end} are rounded to the levels and the rest is
     * clipped.
     */
    private double error(int start, int end) {
        double width = ((double) range.max() - range.min()) / BINS;
        double level = width * (end - start + 1) / LEVELS;
        if (level == 0) {
            return 0;
        }
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            if (histogram[bin] == 0) {
                continue;
            }
            double from = (bin - start) * width;
            double to = from + width;
            double first = clamp(Math.floor(from / level));
            double last = clamp(Math.floor(to / level));
            double cubes = cubes(from - (first + 0.5) * level, level / 2)
                    + (last - first - 1) * cubes(-level / 2, level / 2)
                    + cubes(-level / 2, to - (last + 0.5) * level);
            sum += histogram[bin] / width * cubes;
        }
        return sum;
    }

    private static double clamp(double level) {
        return Math.max(0, Math.min(LEVELS - 1, level));
    }

    /** Returns the integral of x squared. */
    private static double cubes(double from, double to) {
        return (to * to * to - from * from * from) / 3;
    }
}
