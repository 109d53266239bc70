package org.quantvoice.torch.quantize;

import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.recipe.RangeScheme;
import org.quantvoice.torch.script.QuantParams;

/** Finds the smallest and the largest value seen. */
public final class MinMaxObserver implements RangeObserver {
    private final String name;
    private float min = Float.POSITIVE_INFINITY;
    private float max = Float.NEGATIVE_INFINITY;

    MinMaxObserver(String name) {
        this.name = name;
    }

    @Override
    public void add(Tensor tensor) {
        if (tensor.numel() == 0) {
            return;
        }
        T_TensorTensor_T range = tensor.aminmax();
        add(range.get0().item_float(), range.get1().item_float());
    }

    /**
     * @throws QuantizationException if a bound is not finite
     */
    void add(float low, float high) {
        if (!Float.isFinite(low) || !Float.isFinite(high)) {
            throw new QuantizationException(
                    "an activation between " + low + " and " + high + " at " + name,
                    "finite activations",
                    "check the model and the calibration audio: something overflows");
        }
        min = Math.min(min, low);
        max = Math.max(max, high);
    }

    boolean isEmpty() {
        return min > max;
    }

    float min() {
        return min;
    }

    float max() {
        return max;
    }

    @Override
    public QuantParams params(RangeScheme scheme) {
        if (isEmpty()) {
            throw RangeObserver.nothingSeen(name);
        }
        return QuantParams.covering(min, max, scheme);
    }
}
