package org.quantvoice.lm;

/**
 * Reads the cell means of a quantized trie (M. Federico and N. Bertoldi, "How many bits are needed to store
 * probabilities for phrase-based translation?", 2006): for each order but the first there is a table of
 * probabilities, and, except for the last order, a table of back-offs.
 */
final class QuantizationTables {
    private static final int HEAD = 8;
    private static final int VERSION = 2;
    private static final int MAX_BITS = 25;

    private QuantizationTables() {}

    /** Returns the weights of order 2, 3, ... */
    static TrieWeights[] read(FileRegion at, int order) {
        MappedFile file = at.file();
        long head = at.take(HEAD, "the head of the quantization tables");
        int version = file.byteAt(head);
        if (version != VERSION) {
            throw file.error(head, "quantization version " + version, "version " + VERSION);
        }
        int probBits = bits(file, head + 1, "probability");
        int backoffBits = bits(file, head + 2, "back-off");
        TrieWeights[] weights = new TrieWeights[order - 1];
        for (int n = 2; n < order; n++) {
            float[] probs = table(at, probBits, n + "-gram probabilities");
            weights[n - 2] = TrieWeights.quantized(probs, table(at, backoffBits, n + "-gram back-offs"));
        }
        weights[order - 2] = TrieWeights.quantized(table(at, probBits, order + "-gram probabilities"), null);
        return weights;
    }

    private static int bits(MappedFile file, long at, String what) {
        int bits = file.byteAt(at);
        if (bits < 1 || bits > MAX_BITS) {
            throw file.error(at, bits + " bits a " + what, "1 to " + MAX_BITS);
        }
        return bits;
    }

    private static float[] table(FileRegion at, int bits, String what) {
        long from = at.take(4L << bits, "a table of " + what);
        float[] values = new float[1 << bits];
        for (int i = 0; i < values.length; i++) {
            values[i] = at.file().floatAt(from + 4L * i);
        }
        return values;
    }
}
