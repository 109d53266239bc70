package org.quantvoice.lm;

import java.nio.charset.StandardCharsets;

/**
 * The header of a KenLM binary file: a magic line with the version, values that prove byte order and type sizes, the
 * kind of model, and the number of n-grams of each order.
 */
final class KenlmHeader {
    static final String MAGIC_PREFIX = "mmap lm http://kheafield.com/code";
    private static final String MAGIC = MAGIC_PREFIX + " format version ";
    private static final String MAGIC_UNFINISHED = MAGIC_PREFIX + " incomplete";
    private static final int VERSION = 5;

    private static final int FLOATS_AT = 56;
    private static final int WORDS_AT = 68;
    private static final int LONG_AT = 80;
    private static final int ORDER_AT = 88;
    private static final int MULTIPLIER_AT = 92;
    private static final int KIND_AT = 96;
    private static final int VOCABULARY_AT = 100;
    private static final int SEARCH_VERSION_AT = 104;
    static final int COUNTS_AT = 108;

    final KenlmKind kind;
    final boolean hasVocabulary;
    /** Number of a probing table's buckets for each entry. */
    final float multiplier;
    /** Returns number of n-grams of each order, at index order - 1. */
    final long[] counts;
    /** Returns length of the header in bytes. */
    final long length;

    private KenlmHeader(KenlmKind kind, boolean hasVocabulary, float multiplier, long[] counts) {
        this.kind = kind;
        this.hasVocabulary = hasVocabulary;
        this.multiplier = multiplier;
        this.counts = counts;
        length = COUNTS_AT + 8L * counts.length + 7 & ~7L;
    }

    static boolean isKenlm(byte[] head) {
        int length = Math.min(head.length, MAGIC_PREFIX.length());
        return new String(head, 0, length, StandardCharsets.ISO_8859_1).equals(MAGIC_PREFIX);
    }

    static KenlmHeader read(MappedFile file) {
        if (file.size() < COUNTS_AT) {
            throw file.error(
                    file.size(), "the end of the file", "a header of " + COUNTS_AT + " bytes", "copy the file again");
        }
        checkVersion(file);
        checkSanity(file);
        int order = file.byteAt(ORDER_AT);
        if (order < 2 || order > ArpaReader.MAX_ORDER) {
            throw file.error(ORDER_AT, "the order " + order, "2 to " + ArpaReader.MAX_ORDER, "prune the model");
        }
        KenlmKind kind = kind(file);
        int vocabulary = file.byteAt(VOCABULARY_AT);
        if (vocabulary > 1) {
            throw file.error(VOCABULARY_AT, "the flag " + vocabulary, "0 or 1");
        }
        int searchVersion = file.intAt(SEARCH_VERSION_AT);
        if (searchVersion != kind.searchVersion()) {
            throw file.error(SEARCH_VERSION_AT, "table version " + searchVersion, "version " + kind.searchVersion());
        }
        return new KenlmHeader(kind, vocabulary == 1, multiplier(file), counts(file, order));
    }

    private static void checkVersion(MappedFile file) {
        String line = latin1(file, 0, FLOATS_AT);
        if (line.startsWith(MAGIC_UNFINISHED)) {
            throw file.error(0, "a file whose building did not finish", "a complete KenLM binary file");
        }
        String expected = MAGIC + VERSION + "\n";
        if (!line.startsWith(expected) || line.charAt(expected.length()) != 0) {
            int end = line.indexOf('\n');
            throw file.error(
                    0,
                    "\"" + line.substring(0, end < 0 ? MAGIC.length() : end) + "\"",
                    "\"" + MAGIC + VERSION + "\"",
                    "build the file with a KenLM that writes version " + VERSION);
        }
    }

    /**
     * Checks that this machine writes the values in the same way: zero, one and -1/2 as float, 1 and the largest word
     * id, 1 as 64-bit integer.
     */
    private static void checkSanity(MappedFile file) {
        boolean floats = file.intAt(FLOATS_AT) == 0
                && file.floatAt(FLOATS_AT + 4) == 1.0f
                && file.floatAt(FLOATS_AT + 8) == -0.5f;
        boolean words = file.intAt(WORDS_AT) == 1 && file.intAt(WORDS_AT + 4) == -1;
        if (!floats || !words || file.longAt(LONG_AT) != 1) {
            int at = !floats ? FLOATS_AT : !words ? WORDS_AT : LONG_AT;
            throw file.error(
                    at,
                    "test values of another byte order or another type size",
                    "little endian, 32-bit float and word, 64-bit count",
                    "build the file on a 64-bit little-endian machine");
        }
    }

    private static KenlmKind kind(MappedFile file) {
        int code = file.intAt(KIND_AT);
        KenlmKind[] kinds = KenlmKind.values();
        if (code < 0 || code >= kinds.length) {
            throw file.error(KIND_AT, "model type " + code, "0 to " + (kinds.length - 1));
        }
        return kinds[code];
    }

    private static float multiplier(MappedFile file) {
        float multiplier = file.floatAt(MULTIPLIER_AT);
        if (!(multiplier >= 1) || Float.isInfinite(multiplier)) {
            throw file.error(MULTIPLIER_AT, "the table multiplier " + multiplier, "a finite number of at least 1");
        }
        return multiplier;
    }

    private static long[] counts(MappedFile file, int order) {
        long[] counts = new long[order];
        for (int i = 0; i < order; i++) {
            long at = COUNTS_AT + 8L * i;
            if (at + 8 > file.size()) {
                throw file.error(
                        at, "the end of the file", "the number of " + (i + 1) + "-grams", "copy the file again");
            }
            counts[i] = file.longAt(at);
            // An n-gram takes more than a bit; this limit also keeps all later arithmetic within 64 bits.
            boolean fits =
                    counts[i] >= 0 && counts[i] <= 8 * file.size() && (i > 0 || counts[i] < Integer.MAX_VALUE - 8);
            if (!fits) {
                throw file.error(
                        at,
                        Long.toUnsignedString(counts[i]) + " " + (i + 1) + "-grams",
                        "as many as fit in " + file.size() + " bytes");
            }
        }
        return counts;
    }

    private static String latin1(MappedFile file, int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) file.byteAt(from + i);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
