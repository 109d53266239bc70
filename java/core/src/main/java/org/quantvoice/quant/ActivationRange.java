package org.quantvoice.quant;

/**
 * Affine quantization of an activation to uint8: {@code q = round(x / scale) + zeroPoint}, ties to even, clipped to
 * 0..255.
 *
 * @param scale above 0
 * @param zeroPoint 0 to 255
 */
public record ActivationRange(double scale, int zeroPoint) {
    private static final int LEVELS = 255;

    /**
     * Returns the scale and zero point that cover a range, widened to hold 0, so that padding and silence are exact.
     */
    public static ActivationRange covering(double min, double max) {
        double low = Math.min(min, 0);
        double high = Math.max(max, 0);
        float scale = (float) ((high - low) / LEVELS);
        if (!(scale > 0)) {
            return new ActivationRange(1, 0);
        }
        int zero = (int) -Math.rint(low / scale);
        return new ActivationRange(scale, Math.max(0, Math.min(LEVELS, zero)));
    }
}
