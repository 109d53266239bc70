package org.quantvoice.lm;

/**
 * Finds word ids by hash in a KenLM probing file: entries consist of hash (8 bytes) and id (4 bytes), with linear
 * probing; hash 0 marks a free bucket.
 */
final class ProbingVocabulary implements WordIndex {
    private static final int HEAD = 8;
    private static final int ENTRY = 12;

    private final ProbingTable table;
    private final int size;

    private ProbingVocabulary(ProbingTable table, int size) {
        this.table = table;
        this.size = size;
    }

    static ProbingVocabulary read(FileRegion at, KenlmHeader header) {
        MappedFile file = at.file();
        long head = at.take(HEAD, "the vocabulary's head");
        int version = file.intAt(head);
        if (version != 0) {
            throw file.error(head, "vocabulary version " + version, "version 0");
        }
        int size = file.intAt(head + 4);
        // A file without its own <unk> counts one word less.
        if (size < 1 || size > header.counts[0] + 1) {
            throw file.error(head + 4, Integer.toUnsignedString(size) + " words", "1 to " + (header.counts[0] + 1));
        }
        ProbingTable table = ProbingTable.read(at, header.counts[0], header.multiplier, ENTRY, "vocabulary");
        return new ProbingVocabulary(file.isMapped() ? table : table.copy(), size);
    }

    @Override
    public int find(long hash) {
        long entry = table.find(hash);
        if (entry < 0) {
            return LanguageModel.UNKNOWN;
        }
        int id = table.file().intAt(entry + 8);
        if (id < 0 || id >= size) {
            throw table.file().error(entry + 8, "word id " + Integer.toUnsignedString(id), "0 to " + (size - 1));
        }
        return id;
    }

    @Override
    public int size() {
        return size;
    }
}
