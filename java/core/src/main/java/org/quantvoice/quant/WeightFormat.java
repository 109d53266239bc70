package org.quantvoice.quant;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.QuantizationException;

/**
 * The number format of a layer's weights. Immutable.
 *
 * @param bits 2 to 8 for {@link WeightScheme#LINEAR}, 3 to 8 for {@link WeightScheme#LOG2}; 16 for bfloat16 and 32
 *     for float, with float activations, whatever the scheme
 * @param scheme the spacing of the values
 */
public record WeightFormat(int bits, WeightScheme scheme) {
    /** Weights and activations in bfloat16, sums in float; on libtorch weights in float16 and float activations. */
    public static final WeightFormat BFLOAT16 = new WeightFormat(16, WeightScheme.LINEAR);

    public static final WeightFormat FLOAT = new WeightFormat(32, WeightScheme.LINEAR);
    public static final WeightFormat INT8 = new WeightFormat(8, WeightScheme.LINEAR);

    private static final int MOST = 8;
    private static final Pattern TEXT = Pattern.compile("(int|log)(\\d{1,3})");

    /**
     * Checks the width.
     *
     * @throws QuantizationException if the scheme has no such width
     */
    public WeightFormat {
        boolean whole = bits >= fewest(scheme) && bits <= MOST;
        if (!whole && bits != 16 && bits != 32) {
            throw new QuantizationException(
                    "weights of " + bits + " bits, " + scheme.name().toLowerCase(Locale.ROOT),
                    fewest(scheme) + " to " + MOST + ", 16 (bfloat16) or 32 (float)",
                    "choose such a width");
        }
    }

    public static WeightFormat linear(int bits) {
        return new WeightFormat(bits, WeightScheme.LINEAR);
    }

    public static WeightFormat log2(int bits) {
        return new WeightFormat(bits, WeightScheme.LOG2);
    }

    /**
     * Reads what {@link #toString} prints: {@code int2} to {@code int8}, {@code log3} to {@code log8}, {@code bfloat16}, {@code
     * float}.
     *
     * @throws QuantizationException if the text is none of them
     */
    public static WeightFormat parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            int bits = Integer.parseInt(matcher.group(2));
            return matcher.group(1).equals("log") ? log2(bits) : linear(bits);
        }
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "bfloat16" -> BFLOAT16;
            case "float" -> FLOAT;
            default ->
                throw new QuantizationException(
                        "the weights '" + text + "'",
                        "int2 to int8, log3 to log8, bfloat16 or float",
                        "choose one of these");
        };
    }

    /** Returns the fewest bits of a scheme: with one bit less there would be only one magnitude. */
    public static int fewest(WeightScheme scheme) {
        return scheme == WeightScheme.LOG2 ? 3 : 2;
    }

    /** Returns whether weights are whole numbers with a scale for each output channel, and activations uint8. */
    public boolean isInteger() {
        return bits <= MOST;
    }

    /** Returns whether weights are stored in less than a byte. */
    public boolean isPacked() {
        return bits < MOST;
    }

    @Override
    public String toString() {
        return switch (bits) {
            case 16 -> "bfloat16";
            case 32 -> "float";
            default -> (scheme == WeightScheme.LINEAR ? "int" : "log") + bits;
        };
    }
}
