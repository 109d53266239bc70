package org.quantvoice.internal.npy;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file: a Python dict literal with exactly the keys {@code descr}, {@code fortran_order} and
 * {@code shape}, in any order.
 */
public record NpyHeader(String type, boolean columnMajor, int[] shape) {
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
    private static final int MAX_RANK = 8;

    static NpyHeader parse(String text) {
        String shape = group(SHAPE, text, "shape").strip();
        String[] axes = shape.isEmpty() ? new String[0] : COMMA.split(shape);
        if (axes.length > MAX_RANK) {
            throw new NpyException(axes.length + " axes", "at most " + MAX_RANK, "reshape the array", null);
        }
        return new NpyHeader(
                group(TYPE, text, "descr"),
                group(ORDER, text, "fortran_order").equals("True"),
                Arrays.stream(axes).mapToInt(NpyHeader::axis).toArray());
    }

    private static int axis(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new NpyException("an axis of '" + text + "'", "a number below 2^31", "check the file", e);
        }
    }

    private static String group(Pattern pattern, String text, String key) {
        Matcher m = pattern.matcher(text);
        if (!m.find()) {
            throw new NpyException("a header without '" + key + "'", "a .npy header", "write it with numpy.save", null);
        }
        return m.group(1);
    }
}
