package org.quantvoice.internal.program;

import java.util.Locale;
import org.quantvoice.error.EngineException;

/**
 * Number formats in which attention of a quantized model multiplies, where the CPU has an instruction for them;
 * elsewhere, and in float models, attention multiplies floats. {@code -Dquantvoice.attention=int8|bfloat16|float}
 * limits the format for the whole process.
 */
enum AttentionNumbers {
    /** Heads whose width suits it multiply bytes at 128 queries or more; other heads multiply bfloat16. */
    INT8(0),
    BFLOAT16(2),
    FLOAT(1);

    static final String PROPERTY = "quantvoice.attention";

    /**
     * The fewest queries for products of bytes. The native code has the same number: with fewer queries it does not
     * look for scales.
     */
    private static final long FEWEST_ROWS = 128;

    /** The value of the step's field. */
    final long code;

    AttentionNumbers(long code) {
        this.code = code;
    }

    /**
     * Returns the number format that the steps of a plan may use.
     *
     * @throws EngineException if the system property names no format
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
        throw new EngineException(
                "-D" + PROPERTY + "=" + name, "int8, bfloat16 or float", "correct the property or leave it out");
    }

    /** Returns the number of the format in listings: 0 int8, 1 bfloat16, 2 float. */
    static int listed(long code, long rows) {
        if (code == FLOAT.code) {
            return 2;
        }
        return code == INT8.code && rows >= FEWEST_ROWS ? 0 : 1;
    }
}
