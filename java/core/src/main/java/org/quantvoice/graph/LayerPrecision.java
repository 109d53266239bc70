package org.quantvoice.graph;

import java.util.Optional;
import org.quantvoice.error.ModelFormatException;

/**
 * The numbers in which a layer computes. They are attributes of its node, so that they are part of the graph that a
 * file holds.
 *
 * @param kind the numbers
 * @param scale of the input, for {@link Kind#INT8_STATIC}
 * @param zero zero point of the input, for {@link Kind#INT8_STATIC}
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
    /** The text of {@link #stored} for weights of half precision. */
    public static final String HALF = "float16";

    /** Kinds of numbers in which a layer computes. */
    /** Name of the flag of products that are no layers, such as Fourier transforms, which no recipe quantizes. */
    public static final String EXACT = "exact";

    public enum Kind {
        FLOAT("float"),
        /** The weights and the input are bfloat16, the sums float. */
        BFLOAT16("bfloat16"),
        /** The input's range is found at run time: for each row or window, or for some neighbouring windows. */
        INT8_DYNAMIC("int8-dynamic"),
        /** The input's range comes from calibration. */
        INT8_STATIC("int8-static");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Returns the name in files and reports. */
        public String text() {
            return text;
        }
    }

    /** Returns the precision with an input that is always quantized with the same scale and zero point. */
    public static LayerPrecision statically(double scale, int zero) {
        return new LayerPrecision(Kind.INT8_STATIC, scale, zero);
    }

    /**
     * Reads the precision from a node's attributes; it is float if they name none.
     *
     * @throws ModelFormatException if they name one that this version does not know
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

    /** Returns a node's attributes with this precision. */
    public Attributes in(Attributes attributes) {
        Attributes result = attributes.with(KIND, kind.text);
        return kind == Kind.INT8_STATIC ? result.with(SCALE, scale).with(ZERO, zero) : result;
    }

    /**
     * Returns a node's attributes with a note that its weights had this number format in a file of another tool, and
     * that it runs in float.
     */
    public static Attributes stored(Attributes attributes, String numbers) {
        return attributes.with(STORED, numbers);
    }

    /**
     * Returns the number format that the weights of a node had in a file of another tool, if the node has such a
     * note.
     */
    public static Optional<String> stored(Node node) {
        return node.attributes().has(STORED) ? Optional.of(node.attributes().text(STORED)) : Optional.empty();
    }

    /** Returns a node's attributes with a note that a search changed its precision. */
    public static Attributes noted(Attributes attributes, String note) {
        return attributes.with(TUNED, note);
    }

    /** Returns the note that a search changed a node's precision, if the node has one. */
    public static Optional<String> note(Node node) {
        return node.attributes().has(TUNED) ? Optional.of(node.attributes().text(TUNED)) : Optional.empty();
    }

    public boolean isInt8() {
        return kind == Kind.INT8_DYNAMIC || kind == Kind.INT8_STATIC;
    }
}
