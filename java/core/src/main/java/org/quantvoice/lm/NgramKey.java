package org.quantvoice.lm;

/**
 * Computes the 64-bit key of an n-gram, rolled from its newest word to its oldest. The factors are those of KenLM's
 * probing files, so that their tables can be searched and unpacked.
 */
final class NgramKey {
    private static final long KEY_FACTOR = 0x7c9ba2733b63f585L;
    private static final long WORD_FACTOR = 0xf8574e1221634907L;

    private NgramKey() {}

    /**
     * Returns the key of the n-gram that consists of {@code word} and the n-gram of {@code key} behind it; a
     * unigram's key is its id.
     */
    static long before(long key, int word) {
        return key * KEY_FACTOR ^ (word + 1 & 0xffffffffL) * WORD_FACTOR;
    }
}
