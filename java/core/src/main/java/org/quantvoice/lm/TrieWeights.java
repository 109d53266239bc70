package org.quantvoice.lm;

import org.jspecify.annotations.Nullable;

/**
 * The weights in the entries of one order of the trie: 31 bits of probability (the sign is known) and 32 of back-off,
 * or the indices of cells in two tables of cell means. The highest order has no back-off.
 */
final class TrieWeights {
    private static final int PLAIN_PROB_BITS = 31;
    private static final int PLAIN_BACKOFF_BITS = 32;

    final int bits;
    private final int probBits;
    private final long probMask;
    private final int backoffBits;
    private final long backoffMask;
    private final float @Nullable [] probs;
    private final float @Nullable [] backoffs;

    private TrieWeights(int probBits, int backoffBits, float @Nullable [] probs, float @Nullable [] backoffs) {
        this.probBits = probBits;
        this.backoffBits = backoffBits;
        this.probs = probs;
        this.backoffs = backoffs;
        bits = probBits + backoffBits;
        probMask = (1L << probBits) - 1;
        backoffMask = (1L << backoffBits) - 1;
    }

    static TrieWeights plain(boolean longest) {
        return new TrieWeights(PLAIN_PROB_BITS, longest ? 0 : PLAIN_BACKOFF_BITS, null, null);
    }

    /** @param backoffs null in the highest order */
    static TrieWeights quantized(float[] probs, float @Nullable [] backoffs) {
        int backoffBits = backoffs == null ? 0 : Integer.numberOfTrailingZeros(backoffs.length);
        return new TrieWeights(Integer.numberOfTrailingZeros(probs.length), backoffBits, probs, backoffs);
    }

    /** @param bit bit offset of the weights */
    float logProb(MappedFile file, long base, long bit) {
        if (probs == null) {
            return Weights.logProb((int) file.bitsAt(base, bit, probMask));
        }
        // With tables, the back-off comes first.
        return probs[(int) file.bitsAt(base, bit + backoffBits, probMask)];
    }

    float backoff(MappedFile file, long base, long bit) {
        if (backoffs == null) {
            return Float.intBitsToFloat((int) file.bitsAt(base, bit + probBits, backoffMask));
        }
        return backoffs[(int) file.bitsAt(base, bit, backoffMask)];
    }
}
