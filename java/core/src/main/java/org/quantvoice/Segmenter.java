package org.quantvoice;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.text.WordText;

/**
 * Puts the words of one channel into segments: a segment ends at a pause of 0.8 s, and at its longest pause when it
 * would be longer than 30 s. The segments depend on the words alone, never on the time of their arrival.
 */
final class Segmenter {
    private static final double PAUSE = 0.8;
    private static final double LONGEST = 30;

    private final Consumer<Transcript.Segment> sink;
    private List<Word> open = new ArrayList<>();

    Segmenter(Consumer<Transcript.Segment> sink) {
        this.sink = sink;
    }

    /** Returns the segments of words of any channels, whose words must be grouped by channel. */
    static List<Transcript.Segment> of(List<Word> words) {
        List<Transcript.Segment> segments = new ArrayList<>();
        Segmenter segmenter = new Segmenter(segments::add);
        @Nullable String channel = null;
        for (Word word : words) {
            if (!java.util.Objects.equals(channel, word.channel())) {
                segmenter.finish();
                channel = word.channel();
            }
            segmenter.add(word);
        }
        segmenter.finish();
        return segments;
    }

    void add(Word word) {
        settled(word.start());
        if (!open.isEmpty() && word.end() - open.get(0).start() > LONGEST) {
            split();
        }
        open.add(word);
    }

    /** Notes that no further word starts before a second. */
    void settled(double seconds) {
        if (!open.isEmpty() && seconds - open.get(open.size() - 1).end() >= PAUSE) {
            finish();
        }
    }

    /** Returns the start of the current segment, or {@code otherwise} if there is none. */
    double start(double otherwise) {
        return open.isEmpty() ? otherwise : open.get(0).start();
    }

    private void split() {
        int at = open.size();
        double longest = 0;
        for (int i = 1; i < open.size(); i++) {
            double pause = open.get(i).start() - open.get(i - 1).end();
            if (pause >= longest) {
                longest = pause;
                at = i;
            }
        }
        List<Word> rest = new ArrayList<>(open.subList(at, open.size()));
        open = new ArrayList<>(open.subList(0, at));
        finish();
        open = rest;
    }

    void finish() {
        if (open.isEmpty()) {
            return;
        }
        List<Word> words = open;
        open = new ArrayList<>();
        sink.accept(new Transcript.Segment(
                WordText.join(words.stream(), Word::text, Word::attached),
                words.get(0).start(),
                words.get(words.size() - 1).end(),
                words,
                words.stream().mapToDouble(Word::confidence).average().orElseThrow(),
                words.get(0).channel()));
    }
}
