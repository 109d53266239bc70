package org.quantvoice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.stream.StreamEvent;

/**
 * The recognised words of a recording. Immutable.
 *
 * @param alternatives hypotheses for the audio, the best first; at least one
 * @param audioSeconds length of the audio
 * @param segments the words of the best alternative, divided at pauses; segments of several channels are ordered by
 *     their start
 */
public record Transcript(List<Alternative> alternatives, double audioSeconds, List<Segment> segments) {

    public Transcript {
        alternatives = List.copyOf(alternatives);
        segments = List.copyOf(segments);
        if (alternatives.isEmpty()) {
            throw new IllegalArgumentException("got no reading; expected at least one");
        }
    }

    /**
     * Divides the words of the best alternative into segments: at pauses of 0.8 s, and so that none is longer than 30
     * s.
     */
    public Transcript(List<Alternative> alternatives, double audioSeconds) {
        this(
                alternatives,
                audioSeconds,
                alternatives.isEmpty()
                        ? List.of()
                        : Segmenter.of(alternatives.get(0).words()));
    }

    /**
     * Returns the transcript of a stream: its utterances one after another, as one alternative.
     *
     * @param utterances the final events of one stream in their order; none for silence
     * @param audioSeconds length of the audio that the stream accepted
     */
    public static Transcript ofUtterances(List<StreamEvent.Final> utterances, double audioSeconds) {
        List<Word> words = utterances.stream().flatMap(f -> f.words().stream()).toList();
        String text = utterances.stream().map(StreamEvent::text).collect(Collectors.joining(" "));
        double score = utterances.stream().mapToDouble(StreamEvent.Final::score).sum();
        return new Transcript(List.of(new Alternative(text, words, score)), audioSeconds);
    }

    /**
     * Returns the text of the best alternative: words separated by single spaces, except attached ones; empty for
     * silence.
     */
    public String text() {
        return alternatives.get(0).text();
    }

    /** Returns the words of the best alternative. */
    public List<Word> words() {
        return alternatives.get(0).words();
    }

    /**
     * Returns subtitles in SubRip format: cues of at most two lines of 42 columns and of 1 to 7 seconds; speakers are
     * marked.
     */
    public String toSrt() {
        return Subtitles.of(this).srt();
    }

    /** Returns subtitles in SubRip format with other options. */
    public String toSrt(SubtitleOptions options) {
        return Subtitles.of(this, options).srt();
    }

    /** Returns subtitles in WebVTT format, with the same cues as {@link #toSrt()}. */
    public String toVtt() {
        return Subtitles.of(this).vtt();
    }

    /** Returns subtitles in WebVTT format with other options, which may include the times of words. */
    public String toVtt(SubtitleOptions options) {
        return Subtitles.of(this, options).vtt();
    }

    /** Returns {@link #toMap()} as indented JSON. */
    public String toJson() {
        return JsonWriter.pretty(toMap());
    }

    /**
     * Returns the transcript as a tree of maps, lists, strings and numbers: {@code text}, {@code audioSeconds},
     * {@code words} ({@code word}, {@code start}, {@code end}, {@code confidence}, and {@code attached} where it is
     * true) and {@code alternatives} ({@code text}, {@code score}, {@code words}), the best included; {@code
     * segments} ({@code text}, {@code start}, {@code end}, {@code confidence}). Words and segments of split channels
     * have a {@code channel}. Times are rounded to milliseconds.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", text());
        map.put("audioSeconds", rounded(audioSeconds, 1e3));
        map.put("words", words().stream().map(Transcript::wordMap).toList());
        map.put("alternatives", alternatives.stream().map(Alternative::toMap).toList());
        map.put("segments", segments.stream().map(Segment::head).toList());
        return map;
    }

    private static Map<String, Object> wordMap(Word word) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("word", word.text());
        map.put("start", rounded(word.start(), 1e3));
        map.put("end", rounded(word.end(), 1e3));
        map.put("confidence", rounded(word.confidence(), 1e4));
        if (word.attached()) {
            map.put("attached", true);
        }
        if (word.channel() != null) {
            map.put("channel", word.channel());
        }
        return map;
    }

    static double rounded(double value, double steps) {
        return Math.round(value * steps) / steps;
    }

    /**
     * Words between two pauses.
     *
     * @param text the words, separated by single spaces, except attached ones
     * @param start seconds from the start of the audio
     * @param end seconds, not before {@code start}
     * @param words at least one word
     * @param confidence mean of the words' confidences, 0 to 1
     * @param channel the channel of all its words; null if channels were not separated
     */
    public record Segment(
            String text, double start, double end, List<Word> words, double confidence, @Nullable String channel) {

        public Segment {
            words = List.copyOf(words);
        }

        /** Returns the segment as a tree without its words. */
        private Map<String, Object> head() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("text", text);
            map.put("start", rounded(start, 1e3));
            map.put("end", rounded(end, 1e3));
            map.put("confidence", rounded(confidence, 1e4));
            if (channel != null) {
                map.put("channel", channel);
            }
            return map;
        }

        /**
         * Returns the segment as a tree: {@code text}, {@code start}, {@code end}, {@code confidence}, {@code words}.
         */
        public Map<String, Object> toMap() {
            Map<String, Object> map = head();
            map.put("words", words.stream().map(Transcript::wordMap).toList());
            return map;
        }

        /** Returns {@link #toMap()} as JSON on one line. */
        public String toJson() {
            return JsonWriter.compact(toMap());
        }
    }

    /**
     * One hypothesis for the audio.
     *
     * @param text its words, separated by single spaces, except attached ones
     * @param words its words
     * @param score score by which alternatives are ranked: natural log, comparable within one transcript only
     */
    public record Alternative(String text, List<Word> words, double score) {

        public Alternative {
            words = List.copyOf(words);
        }

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("text", text);
            map.put("score", rounded(score, 1e4));
            map.put("words", words.stream().map(Transcript::wordMap).toList());
            return map;
        }
    }
}
