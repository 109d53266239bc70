package org.quantvoice.server.live;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.stream.StreamEvent;

/** The messages of the server as JSON. Their keys are a contract with pages: see the package. */
final class Messages {
    private Messages() {}

    static String ready(String model, int sampleRate, double latencySeconds) {
        Map<String, Object> map = typed("ready");
        map.put("model", model);
        map.put("sampleRate", sampleRate);
        map.put("latencySeconds", rounded(latencySeconds, 1e3));
        return JsonWriter.compact(map);
    }

    static String event(StreamEvent event, Timing timing) {
        Map<String, Object> map = typed(event instanceof StreamEvent.Final ? "final" : "partial");
        map.put("utterance", event.utterance());
        map.put("text", event.text());
        if (event instanceof StreamEvent.Final last) {
            map.put("words", words(last.words()));
            map.put("start", rounded(last.start(), 1e3));
            map.put("end", rounded(last.end(), 1e3));
            map.put("reason", last.reason().name());
        } else if (event instanceof StreamEvent.Partial partial) {
            map.put("committed", words(partial.committed()));
            map.put("pending", words(partial.pending()));
            map.put("end", rounded(partial.end(), 1e3));
        }
        map.put("latencyMs", rounded(timing.latencyMillis(), 1e2));
        map.put("rtf", rounded(timing.realTimeFactor(), 1e5));
        return JsonWriter.compact(map);
    }

    static String end(Timing timing) {
        Map<String, Object> map = typed("end");
        map.put("audioSeconds", rounded(timing.audioSeconds(), 1e3));
        map.put("rtf", rounded(timing.realTimeFactor(), 1e5));
        return JsonWriter.compact(map);
    }

    static String error(String got, String expected, String cure) {
        Map<String, Object> map = typed("error");
        map.put("got", got);
        map.put("expected", expected);
        map.put("cure", cure);
        return JsonWriter.compact(map);
    }

    private static Map<String, Object> typed(String type) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", type);
        return map;
    }

    private static List<Map<String, Object>> words(List<Word> words) {
        return words.stream().map(Messages::word).toList();
    }

    private static Map<String, Object> word(Word word) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("word", word.text());
        map.put("start", rounded(word.start(), 1e3));
        map.put("end", rounded(word.end(), 1e3));
        map.put("confidence", rounded(word.confidence(), 1e4));
        if (word.attached()) {
            map.put("attached", true);
        }
        return map;
    }

    private static double rounded(double value, double steps) {
        return Math.round(value * steps) / steps;
    }
}
