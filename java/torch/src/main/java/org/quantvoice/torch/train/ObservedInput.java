package org.quantvoice.torch.train;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;

/**
 * The range of an input of one or several layers while a model is trained: moving averages of its smallest and largest
 * value, which {@code aten::fused_moving_avg_obs_fake_quant} updates in place.
 */
public final class ObservedInput {
    private final Tensor low = torch.full(new long[] {1}, new Scalar(Float.POSITIVE_INFINITY));
    private final Tensor high = torch.full(new long[] {1}, new Scalar(Float.NEGATIVE_INFINITY));
    private final Set<String> layers = new LinkedHashSet<>();

    /** Adds a layer, by the path of its module, that has this input. */
    void feeds(String layer) {
        layers.add(layer);
    }

    /** Returns the averaged smallest value, infinity before the first observation. */
    public Tensor low() {
        return low;
    }

    /** Returns the averaged largest value, minus infinity before the first observation. */
    public Tensor high() {
        return high;
    }

    /** Returns the ranges by layer. A layer that runs on several inputs gets a range that covers them all. */
    static ActivationRanges ranges(Collection<ObservedInput> inputs) {
        Map<String, double[]> bounds = new LinkedHashMap<>();
        for (ObservedInput input : inputs) {
            double[] own = {input.low.item_double(), input.high.item_double()};
            if (Double.isFinite(own[0]) && Double.isFinite(own[1])) {
                input.layers.forEach(layer ->
                        bounds.merge(layer, own, (a, b) -> new double[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])}));
            }
        }
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        bounds.forEach((layer, both) -> ranges.put(layer, ActivationRange.covering(both[0], both[1])));
        return new ActivationRanges(ranges);
    }
}
