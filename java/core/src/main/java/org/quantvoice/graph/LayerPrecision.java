package org.quantvoice.graph;

import java.util.Optional;
import org.quantvoice.error.ModelFormatException;

/**
 * In which numbers a layer computes. Kept as attributes of its node, so that it is part of the graph that a file holds.
 *
 * @param kind the numbers
 * @param scale of the input, for {@link Kind#INT8_STATIC}
 * @param zero of the input, for {@link Kind#INT8_STATIC}
 */
public record LayerPrecision(Kind kind, double scale, int zero) {
    public static final LayerPrecision FLOAT = new LayerPrecision(Kind.FLOAT, 1, 0);
    public static final LayerPrecision BFLOAT16 = new LayerPrecision(Kind.BFLOAT16, 1, 0);
    public static final LayerPrecision DYNAMIC = new LayerPrecision(Kind.INT8_DYNAMIC, 1, 0);
    private static final String KIND = "precision";
    private static final String SCALE = "inputScale";
    private static final String ZERO = "inputZero";
    private static final String STORED = "stored";
    private static final String TUNED = "tuned";
    /** What {@link #stored} says of weights of half precision. */
    public static final String HALF = "float16";

    /** The numbers. */
    /** A flag of products that are no layers, such as Fourier transforms: no recipe rounds them. */
    public static final String EXACT = "exact";

    public enum Kind {
        FLOAT("float"),
        /** bfloat16 weights and input, float sums. */
        BFLOAT16("bfloat16"),
        /** Input range found at run time: for each row or window, or for some neighbouring windows. */
        INT8_DYNAMIC("int8-dynamic"),
        /** Input range from calibration. */
        INT8_STATIC("int8-static");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The name in files and reports. */
        public String text() {
            return text;
        }
    }

    /** An input that is always rounded to the same levels. */
    public static LayerPrecision statically(double scale, int zero) {
        return new LayerPrecision(Kind.INT8_STATIC, scale, zero);
    }

    /**
     * What a node's attributes say; float if they say nothing.
     *
     * @throws ModelFormatException if they say what this version does not know
     */
    public static LayerPrecision of(Node node) {
        Attributes attributes = node.attributes();
        if (!attributes.has(KIND)) {
            return FLOAT;
        }
        String text = attributes.text(KIND);
        for (Kind kind : Kind.values()) {
            if (kind.text.equals(text)) {
                return kind == Kind.INT8_STATIC
                        ? new LayerPrecision(kind, checkedScale(attributes.number(SCALE)), checkedZero(attributes))
                        : new LayerPrecision(kind, 1, 0);
            }
        }
        throw new ModelFormatException(
                "precision '" + text + "' at " + node.path(), "a precision of this version", "use a newer version");
    }

    private static double checkedScale(double scale) {
        if (!(scale > 0) || Double.isInfinite(scale) || (float) scale == 0) {
            throw new ModelFormatException("input scale " + scale, "a positive number", "quantize the model again");
        }
        return scale;
    }

    private static int checkedZero(Attributes attributes) {
        int zero = attributes.integer(ZERO);
        if (zero < 0 || zero > 255) {
            throw new ModelFormatException("input zero point " + zero, "0 to 255", "quantize the model again");
        }
        return zero;
    }

    /** A node's attributes with this. */
    public Attributes in(Attributes attributes) {
        Attributes result = attributes.with(KIND, kind.text);
        return kind == Kind.INT8_STATIC ? result.with(SCALE, scale).with(ZERO, zero) : result;
    }

    /** A node's attributes with a note: its weights were these numbers in a file of somebody else, and it runs in float. */
    public static Attributes stored(Attributes attributes, String numbers) {
        return attributes.with(STORED, numbers);
    }

    /** Such a note. */
    public static Optional<String> stored(Node node) {
        return node.attributes().has(STORED) ? Optional.of(node.attributes().text(STORED)) : Optional.empty();
    }

    /** A node's attributes with a note that a search changed its precision. */
    public static Attributes noted(Attributes attributes, String note) {
        return attributes.with(TUNED, note);
    }

    /** Such a note of a search. */
    public static Optional<String> note(Node node) {
        return node.attributes().has(TUNED) ? Optional.of(node.attributes().text(TUNED)) : Optional.empty();
    }

    public boolean isInt8() {
        return kind == Kind.INT8_DYNAMIC || kind == Kind.INT8_STATIC;
    }
}
