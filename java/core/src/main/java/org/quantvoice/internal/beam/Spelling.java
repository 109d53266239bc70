package org.quantvoice.internal.beam;

import java.util.Arrays;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.text.Scripts;

/** Spells words with the tokens of a vocabulary, with as few tokens as it takes. */
public final class Spelling {
    /** Character with which a piece begins that begins a word. */
    private static final char WORD_START = '\u2581';

    private Spelling() {}

    /** The error of a word whose letter no token spells. */
    public static DecoderException impossible(String word, String letter) {
        return new DecoderException(
                "the word '" + word + "', whose '" + letter + "' is no token of the vocabulary",
                "words that the model can spell",
                "leave the word out or write it in the model's alphabet (case matters)");
    }

    /** Returns the tokens of one word, followed by the delimiter if the vocabulary has one. */
    public static int[] of(String word, Vocabulary vocabulary) {
        int[] bare = vocabulary.wordPiece() ? pieces(word, vocabulary) : tokens(word, word, vocabulary);
        if (vocabulary.delimiter().isEmpty()) {
            return bare;
        }
        int[] closed = Arrays.copyOf(bare, bare.length + 1);
        closed[bare.length] = vocabulary.delimiter().getAsInt();
        return closed;
    }

    /**
     * Returns the pieces of a word; a word of a script without spaces need not begin with the sign of a word's
     * beginning.
     */
    private static int[] pieces(String word, Vocabulary vocabulary) {
        String marked = WORD_START + word;
        boolean bare = Scripts.unspaced(word.codePointAt(0)) && spells(word, vocabulary);
        return tokens(word, bare ? word : marked, vocabulary);
    }

    private static boolean spells(String text, Vocabulary vocabulary) {
        return furthest(text, vocabulary) == text.length();
    }

    /**
     * Returns the tokens of a text of several words; delimiters between the words, none at the ends.
     *
     * @throws DecoderException if the vocabulary cannot spell a word; the message names the letter
     */
    public static int[] ofText(String text, Vocabulary vocabulary) {
        int[] all = new int[0];
        for (String word : text.trim().split("\\s+")) {
            if (!word.isEmpty()) {
                int[] tokens = of(word, vocabulary);
                int end = all.length;
                all = Arrays.copyOf(all, end + tokens.length);
                System.arraycopy(tokens, 0, all, end, tokens.length);
            }
        }
        boolean closed = vocabulary.delimiter().isPresent() && all.length > 0;
        return closed ? Arrays.copyOf(all, all.length - 1) : all;
    }

    /**
     * Returns the fewest tokens, by dynamic programming from the end; among equals the one with the longest first
     * token.
     */
    private static int[] tokens(String word, String text, Vocabulary vocabulary) {
        int length = text.length();
        int[] fewest = new int[length + 1];
        int[] first = new int[length + 1];
        Arrays.fill(fewest, 0, length, Integer.MAX_VALUE);
        for (int at = length - 1; at >= 0; at--) {
            for (int v = 0; v < vocabulary.size(); v++) {
                String token = vocabulary.token(v);
                boolean usable = v != vocabulary.blank() && !vocabulary.isDelimiter(v) && !token.isEmpty();
                if (!usable || !text.startsWith(token, at) || fewest[at + token.length()] == Integer.MAX_VALUE) {
                    continue;
                }
                int count = fewest[at + token.length()] + 1;
                boolean longer = count == fewest[at]
                        && token.length() > vocabulary.token(first[at]).length();
                if (count < fewest[at] || longer) {
                    fewest[at] = count;
                    first[at] = v;
                }
            }
        }
        if (fewest[0] == Integer.MAX_VALUE) {
            throw impossible(word, stuckAt(text, vocabulary));
        }
        int[] tokens = new int[fewest[0]];
        for (int at = 0, k = 0; k < tokens.length; k++) {
            tokens[k] = first[at];
            at += vocabulary.token(first[at]).length();
        }
        return tokens;
    }

    /** Returns the first letter that no spelling of a beginning of the text covers. */
    private static String stuckAt(String text, Vocabulary vocabulary) {
        return Character.toString(text.codePointAt(Math.min(furthest(text, vocabulary), text.length() - 1)));
    }

    /** Returns the number of chars of a text's longest beginning that tokens spell. */
    private static int furthest(String text, Vocabulary vocabulary) {
        boolean[] reached = new boolean[text.length() + 1];
        reached[0] = true;
        int last = 0;
        for (int at = 0; at < text.length(); at++) {
            for (int v = 0; reached[at] && v < vocabulary.size(); v++) {
                String token = vocabulary.token(v);
                boolean usable = v != vocabulary.blank() && !vocabulary.isDelimiter(v) && !token.isEmpty();
                if (usable && text.startsWith(token, at)) {
                    reached[at + token.length()] = true;
                    last = Math.max(last, at + token.length());
                }
            }
        }
        return last;
    }
}
