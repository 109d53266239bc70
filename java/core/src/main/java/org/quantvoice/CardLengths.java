package org.quantvoice;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonNode;

/**
 * The lengths of recordings for which a model was trained, from the object {@code long_audio} of {@code tokens.json}.
 * The user's options take precedence.
 *
 * @param window seconds of the windows of a long recording; empty: the default
 * @param wholeUpTo seconds up to which a recording is recognised as a whole; empty: the default
 */
record CardLengths(OptionalDouble window, OptionalDouble wholeUpTo) {
    static final CardLengths UNKNOWN = new CardLengths(OptionalDouble.empty(), OptionalDouble.empty());
    private static final String OBJECT = "long_audio";
    private static final String WINDOW = "window";
    private static final String WHOLE_UP_TO = "whole_up_to";

    static CardLengths parse(JsonNode card) {
        return card.find(OBJECT)
                .map(lengths -> new CardLengths(
                        seconds(lengths, WINDOW, LongAudio.SHORTEST_WINDOW), seconds(lengths, WHOLE_UP_TO, 0)))
                .orElse(UNKNOWN);
    }

    private static OptionalDouble seconds(JsonNode lengths, String key, double least) {
        return lengths.find(key).stream()
                .mapToDouble(JsonNode::number)
                .peek(seconds -> requireRange(key, seconds, least))
                .findFirst();
    }

    private static void requireRange(String key, double seconds, double least) {
        if (!(seconds >= least && seconds <= LongAudio.LONGEST)) {
            throw new ModelFormatException(
                    OBJECT + "." + key + " of " + seconds + " s",
                    least + " to " + LongAudio.LONGEST + " s",
                    "correct the token list");
        }
    }

    void addTo(Map<String, Object> card) {
        Map<String, Object> map = new LinkedHashMap<>();
        window.ifPresent(s -> map.put(WINDOW, s));
        wholeUpTo.ifPresent(s -> map.put(WHOLE_UP_TO, s));
        if (!map.isEmpty()) {
            card.put(OBJECT, map);
        }
    }
}
