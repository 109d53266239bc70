package org.quantvoice.lm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the words at the end of a KenLM binary file: in the order of their ids, each ended by a zero byte. */
final class KenlmSpellings {
    private static final byte[] UNKNOWN = {'<', 'u', 'n', 'k', '>'};

    private KenlmSpellings() {}

    /** Reads the words. each spelling under its id, else vocabulary and spellings do not belong together */
    static Spellings read(MappedFile file, long from, WordIndex words) {
        Spellings spellings = new Spellings();
        byte[] word = new byte[256];
        int length = 0;
        long start = from;
        for (long at = from; at < file.size(); at++) {
            int b = file.byteAt(at);
            if (b != 0) {
                if (length == word.length) {
                    word = Arrays.copyOf(word, 2 * length);
                }
                word[length++] = (byte) b;
                continue;
            }
            check(file, start, spellings.size(), words, word, length);
            spellings.add(word, 0, length);
            length = 0;
            start = at + 1;
        }
        if (length > 0 || spellings.size() != words.size()) {
            throw file.error(
                    file.size(),
                    "the end of the file after " + spellings.size() + " words",
                    words.size() + " words, each ended by a zero byte",
                    "the file is cut short: copy or build it again");
        }
        return spellings;
    }

    private static void check(MappedFile file, long at, int id, WordIndex words, byte[] word, int length) {
        boolean right = id == 0
                ? Arrays.equals(word, 0, length, UNKNOWN, 0, UNKNOWN.length)
                : id < words.size() && words.find(WordHash.of(word, 0, length)) == id;
        if (!right) {
            String spelled = new String(word, 0, Math.min(length, 60), StandardCharsets.UTF_8);
            throw file.error(
                    at, "the spelling \"" + spelled + "\" of word " + id, "the word that the vocabulary has there");
        }
    }
}
