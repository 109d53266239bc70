package org.quantvoice.internal.huggingface.tokens;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;

/**
 * The texts of a tokenizer's tokens by their numbers, as far as they are known.
 *
 * @param source the file, for messages
 * @param byId texts; numbers may be missing
 * @param delimiter the text that stands between words, if there is one
 * @param pad the text of the padding, if the tokenizer names it
 */
public record TokenList(String source, Map<Integer, String> byId, Optional<String> delimiter, Optional<String> pad) {
    private static final int MOST = 1 << 20;
    private static final String CURE = "download the folder again; tokenizer and weights must be of one model";

    public TokenList {
        byId = Collections.unmodifiableMap(new LinkedHashMap<>(byId));
        byId.keySet().stream().filter(id -> id < 0 || id >= MOST).findFirst().ifPresent(id -> {
            throw new ModelFormatException(source + ": a token with the number " + id, "0 to " + (MOST - 1), CURE);
        });
    }

    /** Returns a list in which the number of a token is its position. */
    public static TokenList inOrder(String source, List<String> tokens) {
        Map<Integer, String> byId = new LinkedHashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            byId.put(i, tokens.get(i));
        }
        return new TokenList(source, byId, Optional.empty(), Optional.empty());
    }

    /** Returns the list with added tokens, which replace those with the same numbers. */
    public TokenList with(Map<Integer, String> added) {
        Map<Integer, String> all = new LinkedHashMap<>(byId);
        all.putAll(added);
        return new TokenList(source, all, delimiter, pad);
    }

    public TokenList named(Optional<String> wordDelimiter, Optional<String> padding) {
        return new TokenList(source, byId, wordDelimiter, padding);
    }

    public Optional<Integer> idOf(String text) {
        return byId.entrySet().stream()
                .filter(e -> e.getValue().equals(text))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Returns the texts of a head with {@code size} outputs. Texts beyond it are left out, because a tokenizer may
     * know signs that the model never emits.
     *
     * @throws ModelFormatException if an output has no text
     */
    public List<String> ofHead(int size) {
        List<String> texts = new ArrayList<>(size);
        Map<String, Integer> seen = new HashMap<>();
        for (int id = 0; id < size; id++) {
            String text = byId.get(id);
            if (text == null) {
                throw new ModelFormatException(
                        source + " with " + byId.size() + " tokens, of which none has the number " + id,
                        "a text for each of the " + size + " outputs of the model",
                        CURE);
            }
            Integer first = seen.putIfAbsent(text, id);
            texts.add(first == null ? text : text + "<" + id + ">");
        }
        return texts;
    }
}
