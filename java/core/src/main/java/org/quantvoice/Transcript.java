package org.quantvoice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.internal.json.JsonWriter;

/**
 * What was said. Immutable.
 *
 * @param alternatives the readings of the audio, the best first; at least one
 * @param audioSeconds length of the audio
 */
public record Transcript(List<Alternative> alternatives, double audioSeconds) {

    public Transcript {
        alternatives = List.copyOf(alternatives);
        if (alternatives.isEmpty()) {
            throw new IllegalArgumentException("got no reading; expected at least one");
        }
    }

    /** The words of the best reading, separated by single spaces, but for attached ones; empty for silence. */
    public String text() {
        return alternatives.get(0).text();
    }

    /** The words of the best reading. */
    public List<Word> words() {
        return alternatives.get(0).words();
    }

    /** Subtitles in SubRip format: cues of at most two lines of 42 characters and about 7 seconds. */
    public String toSrt() {
        return Subtitles.of(this).srt();
    }

    /** The same cues in WebVTT format. */
    public String toVtt() {
        return Subtitles.of(this).vtt();
    }

    /** {@link #toMap()} as JSON, indented. */
    public String toJson() {
        return JsonWriter.pretty(toMap());
    }

    /**
     * The transcript as a tree of maps, lists, strings and numbers: {@code text}, {@code audioSeconds}, {@code words}
     * ({@code word}, {@code start}, {@code end}, {@code confidence}, and {@code attached} where it is true) and {@code alternatives} ({@code text}, {@code score},
     * {@code words}), the best included. Times are rounded to milliseconds.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", text());
        map.put("audioSeconds", rounded(audioSeconds, 1e3));
        map.put("words", words().stream().map(Word::toMap).toList());
        map.put("alternatives", alternatives.stream().map(Alternative::toMap).toList());
        return map;
    }

    static double rounded(double value, double steps) {
        return Math.round(value * steps) / steps;
    }

    /**
     * A word.
     *
     * @param text its spelling
     * @param start seconds from the start of the audio
     * @param end seconds, not before {@code start}
     * @param confidence 0 to 1
     * @param attached true if it follows the word before without a space, as in Chinese
     */
    public record Word(String text, double start, double end, double confidence, boolean attached) {

        /** A word between spaces. */
        public Word(String text, double start, double end, double confidence) {
            this(text, start, end, confidence, false);
        }

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("word", text);
            map.put("start", rounded(start, 1e3));
            map.put("end", rounded(end, 1e3));
            map.put("confidence", rounded(confidence, 1e4));
            if (attached) {
                map.put("attached", true);
            }
            return map;
        }
    }

    /**
     * One reading.
     *
     * @param text its words, separated by single spaces, but for attached ones
     * @param words its words
     * @param score what readings are ranked by: natural log, comparable within one transcript only
     */
    public record Alternative(String text, List<Word> words, double score) {

        public Alternative {
            words = List.copyOf(words);
        }

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("text", text);
            map.put("score", rounded(score, 1e4));
            map.put("words", words.stream().map(Word::toMap).toList());
            return map;
        }
    }
}
