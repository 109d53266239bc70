package org.quantvoice.lm;

import java.nio.charset.StandardCharsets;

/**
 * Reads decimal numbers such as -1.5, .7, -3e-01 from bytes, and makes no objects for usual ones: up to 15 digits and
 * powers of ten up to 22 are exact in a double (W. Clinger, "How to read floating point numbers accurately", 1990).
 */
final class DecimalParser {
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final int EXACT_DIGITS = 15;

    private DecimalParser() {}

    /**
     * Parses all of {@code bytes[from, to)}; returns NaN if that is not a number. "NaN" itself is no number here, but
     * "-inf" and "inf" are, as toolkits write them.
     */
    static float parse(byte[] bytes, int from, int to) {
        boolean negative = from < to && bytes[from] == '-';
        int i = from < to && (negative || bytes[from] == '+') ? from + 1 : from;
        long mantissa = 0;
        int digits = 0;
        int fraction = 0;
        boolean point = false;
        int start = i;
        for (; i < to; i++) {
            int c = bytes[i];
            if (c >= '0' && c <= '9') {
                mantissa = digits < EXACT_DIGITS ? 10 * mantissa + c - '0' : mantissa;
                digits += mantissa == 0 ? 0 : 1;
                fraction += point ? 1 : 0;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        boolean anyDigit = i - start > (point ? 1 : 0);
        if (i == to && anyDigit && digits <= EXACT_DIGITS && fraction < POWERS.length) {
            double value = mantissa / POWERS[fraction];
            return (float) (negative ? -value : value);
        }
        return parseSlowly(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private static float parseSlowly(String text) {
        String plain = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        if (plain.equalsIgnoreCase("inf") || plain.equalsIgnoreCase("infinity")) {
            return text.startsWith("-") ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        }
        // parseFloat also takes "1f", "0x1p3" and blanks; which a language model file must not contain.
        boolean decimal =
                !plain.isEmpty() && plain.chars().allMatch(c -> c >= '0' && c <= '9' || ".eE+-".indexOf(c) >= 0);
        try {
            return decimal ? Float.parseFloat(text) : Float.NaN;
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }
}
