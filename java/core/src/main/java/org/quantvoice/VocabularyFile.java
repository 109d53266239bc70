package org.quantvoice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonException;
import org.quantvoice.internal.json.JsonNode;

/**
 * A {@code vocab.json} of Hugging Face: one object, from tokens to their numbers. The file does not describe the
 * audio: 16 kHz and the frames of wav2vec 2.0 (20 ms, of 25 ms) are assumed. The blank is {@code <pad>} or {@code
 * [PAD]}; words are divided by {@code |} or a space, if there is such a token.
 */
final class VocabularyFile {
    private static final int SAMPLE_RATE = 16_000;
    private static final int FRAME_HOP = 320;
    private static final int FRAME_WINDOW = 400;
    private static final List<String> BLANKS = List.of("<pad>", "[PAD]", "<blank>", "<blk>", "<ctc_blank>");
    private static final List<String> DELIMITERS = List.of("|", " ", "<space>");
    private static final String WORD_START = "\u2581";
    private static final String CURE = "pass the vocab.json that belongs to the model, or a tokens.json";

    private VocabularyFile() {}

    /**
     * Returns whether this is no card of ours, but an object all of whose values are numbers, or objects of one
     * language each.
     */
    static boolean looksLike(JsonNode root) {
        try {
            return !root.keys().isEmpty()
                    && root.find("tokens").filter(t -> !isNumber(t)).isEmpty()
                    && root.keys().stream().allMatch(k -> isNumber(root.get(k)) || isVocabulary(root.get(k)));
        } catch (JsonException e) {
            return false; // it is no object, which the reader of cards reports
        }
    }

    private static boolean isVocabulary(JsonNode node) {
        try {
            return !node.keys().isEmpty() && node.keys().stream().allMatch(k -> isNumber(node.get(k)));
        } catch (JsonException e) {
            return false;
        }
    }

    private static boolean isNumber(JsonNode node) {
        try {
            node.integer(0, Integer.MAX_VALUE);
            return true;
        } catch (JsonException e) {
            return false;
        }
    }

    static ModelCard parse(JsonNode root) {
        List<String> names = new ArrayList<>(root.keys());
        if (!isNumber(root.get(names.get(0)))) {
            throw new ModelFormatException(
                    "a vocabulary for each of " + names.size() + " languages, " + names.get(0) + " the first",
                    "the vocabulary of one language",
                    "write the object of the language that the model speaks to a file of its own");
        }
        List<String> tokens = new ArrayList<>(Collections.nCopies(names.size(), ""));
        for (String name : names) {
            int number = (int) root.get(name).integer(0, Integer.MAX_VALUE);
            if (number >= tokens.size() || !tokens.get(number).isEmpty() || name.isEmpty()) {
                throw new ModelFormatException(
                        "the token '" + name + "' with the number " + number + " among " + names.size() + " tokens",
                        "each number from 0 to " + (names.size() - 1) + " once",
                        CURE);
            }
            tokens.set(number, name);
        }
        int blank = first(tokens, BLANKS)
                .orElseThrow(() -> new ModelFormatException(
                        "a vocabulary of " + tokens.size() + " tokens without a blank", "one of " + BLANKS, CURE));
        boolean wordPiece = tokens.stream().anyMatch(t -> t.startsWith(WORD_START));
        OptionalInt delimiter = wordPiece ? OptionalInt.empty() : first(tokens, DELIMITERS);
        return new ModelCard(
                new Vocabulary(tokens, blank, delimiter, wordPiece),
                SAMPLE_RATE,
                FRAME_HOP,
                FRAME_WINDOW,
                FRAME_WINDOW,
                CardLengths.UNKNOWN,
                Optional.empty());
    }

    private static OptionalInt first(List<String> tokens, List<String> wanted) {
        return wanted.stream().mapToInt(tokens::indexOf).filter(i -> i >= 0).findFirst();
    }
}
