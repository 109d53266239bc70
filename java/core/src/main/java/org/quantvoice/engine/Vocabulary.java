package org.quantvoice.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.text.Scripts;

/**
 * The output tokens of a CTC model: their texts in the order of the model's last axis, the index of the blank, and the
 * index of the word delimiter if the model has one. Immutable.
 *
 * @param tokens the texts; no two are equal, and only the blank's may be empty
 * @param blank index of the blank
 * @param delimiter index of the token that separates words (often {@code |}), empty if words are marked otherwise
 * @param wordPiece true if a token that begins with {@code ▁} opens a new word
 */
public record Vocabulary(List<String> tokens, int blank, OptionalInt delimiter, boolean wordPiece) {
    private static final String CURE = "pass the token list that belongs to the model (tokens.json)";

    public Vocabulary {
        tokens = List.copyOf(tokens);
        Objects.requireNonNull(delimiter, "delimiter");
        if (tokens.isEmpty()) {
            throw new DecoderException("an empty token list", "at least one token", CURE);
        }
        if (blank < 0 || blank >= tokens.size()) {
            throw new DecoderException("blank index " + blank, "0 to " + (tokens.size() - 1), CURE);
        }
        if (delimiter.isPresent() && (delimiter.getAsInt() < 0 || delimiter.getAsInt() >= tokens.size())) {
            throw new DecoderException("delimiter index " + delimiter.getAsInt(), "0 to " + (tokens.size() - 1), CURE);
        }
        if (delimiter.isPresent() && delimiter.getAsInt() == blank) {
            throw new DecoderException("index " + blank + " as blank and as delimiter", "two different tokens", CURE);
        }
        if (tokens.contains("") && tokens.indexOf("") != blank) {
            throw new DecoderException("an empty token at " + tokens.indexOf(""), "text, but for the blank", CURE);
        }
        checkUnique(tokens);
    }

    private static void checkUnique(List<String> tokens) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            Integer first = seen.putIfAbsent(tokens.get(i), i);
            if (first != null) {
                throw new DecoderException(
                        "token '" + tokens.get(i) + "' at " + first + " and at " + i, "each token once", CURE);
            }
        }
    }

    public int size() {
        return tokens.size();
    }

    public String token(int index) {
        return tokens.get(index);
    }

    /**
     * Returns whether tokens show where words end: by a delimiter, by pieces that open words, or in a script without
     * spaces.
     */
    public boolean marksWords() {
        return delimiter.isPresent()
                || wordPiece
                || tokens.stream().anyMatch(t -> !t.isEmpty() && Scripts.unspaced(t.codePointAt(0)));
    }

    public boolean isDelimiter(int index) {
        return delimiter.isPresent() && delimiter.getAsInt() == index;
    }
}
