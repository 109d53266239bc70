package org.quantvoice.internal.recipe;

import java.util.Arrays;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/**
 * The whole numbers that weights of a format may have as values. Code {@code 2^(bits-1)} is 0, codes above it are the
 * magnitudes in rising order, codes below it their negatives; codes beyond the last magnitude are 0. Immutable.
 *
 * <p>Linear: magnitudes 1 to {@code 2^(bits-1) - 1}. Logarithmic: {@code round(top * 2^(-i / s))} for i = 0, 1, ...,
 * each at least 1 below the one before, as many as there are codes or until 0; s = 1 and top = 64 up to 4 bits (so
 * that all of them are powers of 2), then top = 127 and s = 2, 4, 8, 16 for 5, 6, 7, 8 bits.
 */
public final class WeightLevels {
    private static final int POWER_TOP = 64;
    private static final int TOP = 127;
    private static final int POWER_BITS = 4;

    private final WeightFormat format;
    private final byte[] table;
    private final int[] codes = new int[256];
    /** The nearest magnitude for {@code floor(2 * |x|)}: boundaries between whole numbers are multiples of a half. */
    private final byte[] nearest;

    private final int top;

    private WeightLevels(WeightFormat format) {
        if (!format.isInteger()) {
            throw new IllegalArgumentException(format + " has no levels");
        }
        this.format = format;
        int half = 1 << (format.bits() - 1);
        int[] rising = format.scheme() == WeightScheme.LINEAR ? linear(half - 1) : logarithmic(format.bits(), half - 1);
        top = rising[rising.length - 1];
        table = new byte[2 * half];
        Arrays.fill(codes, -1);
        codes[128] = half;
        for (int i = 0; i < rising.length; i++) {
            table[half + 1 + i] = (byte) rising[i];
            table[half - 1 - i] = (byte) -rising[i];
            codes[128 + rising[i]] = half + 1 + i;
            codes[128 - rising[i]] = half - 1 - i;
        }
        nearest = nearest(rising);
    }

    public static WeightLevels of(WeightFormat format) {
        return new WeightLevels(format);
    }

    private static int[] linear(int count) {
        int[] rising = new int[count];
        Arrays.setAll(rising, i -> i + 1);
        return rising;
    }

    private static int[] logarithmic(int bits, int most) {
        int steps = bits <= POWER_BITS ? 1 : 1 << (bits - POWER_BITS);
        int top = bits <= POWER_BITS ? POWER_TOP : TOP;
        int[] falling = new int[most];
        int count = 0;
        int value = top;
        while (count < most && value > 0) {
            falling[count++] = value;
            value = Math.min(value - 1, (int) Math.rint(top * Math.pow(2, -(double) count / steps)));
        }
        int[] rising = new int[count];
        for (int i = 0; i < count; i++) {
            rising[i] = falling[count - 1 - i];
        }
        return rising;
    }

    private byte[] nearest(int[] rising) {
        byte[] result = new byte[2 * top + 1];
        int at = 0; // number of magnitudes below i / 2
        for (int i = 0; i < result.length; i++) {
            while (at < rising.length && i >= rising[at] + (at == 0 ? 0 : rising[at - 1])) {
                at++;
            }
            result[i] = (byte) (at == 0 ? 0 : rising[at - 1]);
        }
        return result;
    }

    public WeightFormat format() {
        return format;
    }

    /** Returns the largest magnitude. */
    public int top() {
        return top;
    }

    /** Returns a copy of the values by code. */
    public byte[] table() {
        return table.clone();
    }

    /** Returns the code of a value, or -1 if it is no level. */
    public int code(int value) {
        return codes[value + 128];
    }

    /** Returns the value of a code. */
    public byte value(int code) {
        return table[code];
    }

    /**
     * Returns the level nearest to a number, the largest for numbers beyond it. A tie goes to the even number for
     * linear levels, else to the larger magnitude.
     */
    public int nearest(float x) {
        if (format.scheme() == WeightScheme.LINEAR) {
            return (int) Math.rint(Math.max(-top, Math.min(top, x)));
        }
        int magnitude = nearest[(int) Math.min(2 * Math.abs(x), 2 * top)];
        return x < 0 ? -magnitude : magnitude;
    }
}
