package org.quantvoice.lm;

/**
 * Finds word ids by hash in a KenLM trie file: the hashes are in ascending (unsigned) order, and the id is the
 * position, from 1. Hashes are spread evenly, so a guess by proportion lands close; after a few such steps the range
 * is halved, which bounds the search whatever the file holds.
 */
final class SortedVocabulary implements WordIndex {
    private static final int GUESSES = 4;

    private final MappedFile file;
    private final long base;
    private final int words;

    private SortedVocabulary(MappedFile file, long base, int words) {
        this.file = file;
        this.base = base;
        this.words = words;
    }

    static SortedVocabulary read(FileRegion at, KenlmHeader header) {
        MappedFile file = at.file();
        long head = at.take(8, "the vocabulary's head");
        long words = file.longAt(head);
        if (words < 0 || words >= header.counts[0]) {
            throw file.error(
                    head,
                    Long.toUnsignedString(words) + " words without <unk>",
                    "fewer than the " + header.counts[0] + " 1-grams");
        }
        long bytes = 8 * header.counts[0];
        long base = at.take(bytes, "the vocabulary");
        return file.isMapped()
                ? new SortedVocabulary(file, base, (int) words)
                : new SortedVocabulary(file.copy(base, bytes), 0, (int) words);
    }

    @Override
    public int find(long hash) {
        int low = 0;
        int high = words - 1;
        for (int step = 0; low <= high; step++) {
            int middle = step < GUESSES ? guess(hash, low, high) : low + high >>> 1;
            int order = Long.compareUnsigned(file.longAt(base + 8L * middle), hash);
            if (order == 0) {
                return middle + 1;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return LanguageModel.UNKNOWN;
    }

    private int guess(long hash, int low, int high) {
        double first = unsigned(file.longAt(base + 8L * low));
        double last = unsigned(file.longAt(base + 8L * high));
        double share = (unsigned(hash) - first) / Math.max(last - first, 1);
        return low + (int) (Math.min(Math.max(share, 0), 1) * (high - low));
    }

    private static double unsigned(long value) {
        return (value >>> 11) * 0x1p11;
    }

    @Override
    public int size() {
        return words + 1;
    }
}
