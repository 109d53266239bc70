package org.quantvoice.server.live;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.stream.StreamEvent;

/**
 * The messages of Vosk's server as JSON.
 *
 * @param words whether results hold words with times
 * @param partialWords whether partial results hold words with times
 * @param maxAlternatives the most alternatives of a result; 0 for one result without alternatives
 */
record VoskMessages(boolean words, boolean partialWords, int maxAlternatives) {

    String partial(StreamEvent.Partial partial) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("partial", partial.text());
        List<Word> heard = Stream.concat(partial.committed().stream(), partial.pending().stream())
                .toList();
        if (partialWords && !heard.isEmpty()) {
            map.put("partial_result", words(heard));
        }
        return JsonWriter.compact(map);
    }

    /**
     * Returns a result.
     *
     * @param utterances the utterances of this result; none for silence
     */
    String result(List<StreamEvent.Final> utterances) {
        String text = utterances.stream().map(StreamEvent.Final::text).collect(Collectors.joining(" "));
        List<Word> heard = utterances.stream().flatMap(u -> u.words().stream()).toList();
        if (maxAlternatives == 0) {
            return JsonWriter.compact(reading(text, heard));
        }
        List<Map<String, Object>> readings = new ArrayList<>();
        readings.add(rated(reading(text, heard), confidence(heard)));
        if (utterances.size() == 1) { // alternatives of several utterances have no common order
            utterances.get(0).alternatives().stream()
                    .skip(1)
                    .limit(maxAlternatives - 1L)
                    .forEach(other -> readings.add(rated(reading(other, List.of()), 0)));
        }
        return JsonWriter.compact(Map.of("alternatives", readings));
    }

    private Map<String, Object> reading(String text, List<Word> heard) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (words && !heard.isEmpty()) {
            map.put("result", words(heard));
        }
        map.put("text", text);
        return map;
    }

    private static Map<String, Object> rated(Map<String, Object> reading, double confidence) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("confidence", confidence);
        map.putAll(reading);
        return map;
    }

    private static double confidence(List<Word> heard) {
        return rounded(heard.stream().mapToDouble(Word::confidence).average().orElse(0), 1e4);
    }

    private static List<Map<String, Object>> words(List<Word> heard) {
        return heard.stream().map(VoskMessages::word).toList();
    }

    private static Map<String, Object> word(Word word) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("conf", rounded(word.confidence(), 1e4));
        map.put("end", rounded(word.end(), 1e3));
        map.put("start", rounded(word.start(), 1e3));
        map.put("word", word.text());
        return map;
    }

    private static double rounded(double value, double steps) {
        return Math.round(value * steps) / steps;
    }
}
