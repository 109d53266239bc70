package org.quantvoice.lm;

/**
 * Packs one more bit each into a log10 probability and a back-off weight, in memory as in KenLM files.
 *
 * <p>A probability is never positive, so its sign bit is free: set means that no longer n-gram ends in this one, and
 * the search can stop. A back-off of -0.0 means that no n-gram begins with this one, so it need not stay in the
 * state; +0.0 is a back-off of one in an n-gram that does go on.
 */
final class Weights {
    static final int SIGN = 0x80000000;
    static final float NO_EXTENSION = -0.0f;
    private static final int NO_EXTENSION_BITS = SIGN;

    private Weights() {}

    static long pack(float logProb, float backoff) {
        return (long) Float.floatToRawIntBits(logProb) << 32 | Float.floatToRawIntBits(backoff) & 0xffffffffL;
    }

    /** Returns the probability without the flag in its sign bit. */
    static float logProb(int bits) {
        return Float.intBitsToFloat(bits | SIGN);
    }

    /** Returns whether a longer n-gram may end in the n-gram with these probability bits. */
    static boolean goesOnLeft(int logProbBits) {
        return logProbBits >= 0;
    }

    /** Returns whether an n-gram begins with the n-gram of this back-off. */
    static boolean goesOnRight(float backoff) {
        return Float.floatToRawIntBits(backoff) != NO_EXTENSION_BITS;
    }
}
