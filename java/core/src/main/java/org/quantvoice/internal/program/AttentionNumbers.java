package org.quantvoice.internal.program;

import java.util.Locale;
import org.quantvoice.error.BackendException;

/**
 * What attention of a quantized model multiplies, where the CPU has an instruction for it; elsewhere, and in float models, it
 * multiplies floats. {@code -Dquantvoice.attention=int8|bfloat16|float} limits it for the whole process.
 */
enum AttentionNumbers {
    /** Bytes in heads that they suit, at 128 queries or more; bfloat16 in the others. */
    INT8(0),
    BFLOAT16(2),
    FLOAT(1);

    static final String PROPERTY = "quantvoice.attention";

    /** The native code has the same number: with fewer queries it does not look for the scales of bytes. */
    private static final long FEWEST_ROWS = 128;

    /** The step's field. */
    final long code;

    AttentionNumbers(long code) {
        this.code = code;
    }

    /**
     * What the steps of a plan may use.
     *
     * @throws BackendException if the property names none of them
     */
    static AttentionNumbers of(Fusion fusion) {
        return fusion.isFloat() ? FLOAT : named(System.getProperty(PROPERTY, "int8"));
    }

    static AttentionNumbers named(String name) {
        for (AttentionNumbers numbers : values()) {
            if (numbers.name().toLowerCase(Locale.ROOT).equals(name)) {
                return numbers;
            }
        }
        throw new BackendException(
                "-D" + PROPERTY + "=" + name, "int8, bfloat16 or float", "correct the property or leave it out");
    }

    /** Returns the numbers as listings count them: 0 int8, 1 bfloat16, 2 float. */
    static int listed(long code, long rows) {
        if (code == FLOAT.code) {
            return 2;
        }
        return code == INT8.code && rows >= FEWEST_ROWS ? 0 : 1;
    }
}
