package org.quantvoice.torch.script;

import org.quantvoice.internal.recipe.RangeScheme;

/**
 * Affine quantization to uint8: {@code q = round(x / scale) + zeroPoint}, ties to even.
 *
 * @param scale above 0
 * @param zeroPoint 0 to the largest level
 */
public record QuantParams(double scale, int zeroPoint) {
    /** The smallest scale, float's machine epsilon. */
    static final float EPSILON = 0x1p-23f;

    /**
     * Returns the parameters that cover a range, which is widened to hold 0.
     *
     * @param scheme levels from 0 to 255, or to 127 where kernels accumulate in 16 bits ({@code reduce_range})
     */
    public static QuantParams covering(double min, double max, RangeScheme scheme) {
        RangeScheme.Parameters found = scheme.parameters(min, max);
        return new QuantParams(found.scale(), found.zeroPoint());
    }
}
