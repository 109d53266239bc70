package org.quantvoice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.Resampler;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.text.WordText;

/**
 * Transcribes one channel of a recording, as a whole if the recording turns out to be short, else while it is read.
 */
final class ChannelTranscriber implements AutoCloseable {
    private final Parts parts;
    private final int rate;
    private final double offset;
    private final @Nullable RecordingPart part;
    private final @Nullable String label;
    private final Segmenter segmenter;
    private final List<Word> told = new ArrayList<>();
    private float[] head = new float[1 << 14];
    private int filled;
    private @Nullable Resampler resampler;
    private @Nullable Recogniser recogniser;
    private long samples;

    /**
     * Data that all channels of a session's recordings share.
     *
     * @param whole recognises a short recording
     * @param begin begins to recognise a long recording, or a part of it
     */
    record Parts(
            int modelRate,
            double wholeUpTo,
            Function<Audio, List<Transcript.Alternative>> whole,
            BiFunction<@Nullable RecordingPart, Recogniser.Words, Recogniser> begin) {}

    /**
     * @param rate hertz of the samples
     * @param options of the recording
     * @param label label of the words; null for none
     */
    ChannelTranscriber(
            Parts parts,
            int rate,
            RecordingOptions options,
            @Nullable String label,
            Consumer<Transcript.Segment> sink) {
        this.parts = parts;
        this.rate = rate;
        this.offset = options.from();
        this.part = options.part().orElse(null);
        this.label = label;
        segmenter = new Segmenter(sink);
    }

    void accept(float[] block) {
        samples += block.length;
        if (recogniser != null && resampler != null) {
            feed(recogniser, resampler.accept(block));
            return;
        }
        if (filled + block.length > head.length) {
            head = Arrays.copyOf(head, Math.max(filled + block.length, 2 * head.length));
        }
        System.arraycopy(block, 0, head, filled, block.length);
        filled += block.length;
        if (filled > parts.wholeUpTo() * rate) {
            begin();
        }
    }

    /** Begins to recognise windows, because the recording has turned out to be long. */
    private void begin() {
        Resampler started = Resampler.stream(rate, parts.modelRate());
        Recogniser begun = parts.begin().apply(part, this::tell);
        resampler = started;
        recogniser = begun;
        feed(begun, started.accept(Arrays.copyOf(head, filled)));
        head = new float[0];
        filled = 0;
    }

    private void feed(Recogniser running, float[] resampled) {
        running.accept(resampled);
        segmenter.settled(offset + running.settled());
    }

    private void tell(Word word) {
        Word placed = placed(word);
        told.add(placed);
        segmenter.add(placed);
    }

    private Word placed(Word w) {
        return offset == 0 && label == null
                ? w
                : new Word(w.text(), w.start() + offset, w.end() + offset, w.confidence(), w.attached(), label);
    }

    /** Returns the second before which no further segment starts. */
    double settled() {
        return segmenter.start(recogniser == null ? 0 : offset + recogniser.settled());
    }

    /** Returns the second of the recording up to which it was recognised. */
    double position() {
        return recogniser == null ? offset : offset + recogniser.position();
    }

    /** Returns whether all wanted words were passed on, however the recording goes on. */
    boolean isDone() {
        return recogniser != null && recogniser.isDone();
    }

    long samples() {
        return samples;
    }

    /** Ends the channel; at least one sample must have been given. */
    List<Transcript.Alternative> finish() {
        List<Transcript.Alternative> rest;
        if (recogniser != null && resampler != null) {
            recogniser.accept(resampler.finish());
            rest = recogniser.finish((double) samples / rate);
        } else {
            rest = parts.whole().apply(new Audio(Arrays.copyOf(head, filled), rate));
            if (part != null && part.from() > 0) { // the recording is too short to have further parts
                rest = List.of(new Transcript.Alternative("", List.of(), 0));
            }
        }
        List<Word> before = List.copyOf(told);
        rest.get(0).words().forEach(this::tell);
        segmenter.finish();
        return rest.stream().map(r -> joined(before, r)).toList();
    }

    private Transcript.Alternative joined(List<Word> before, Transcript.Alternative rest) {
        if (before.isEmpty() && offset == 0 && label == null) {
            return rest;
        }
        List<Word> all = new ArrayList<>(before);
        rest.words().forEach(w -> all.add(placed(w)));
        String text = WordText.join(all.stream(), Word::text, Word::attached);
        return new Transcript.Alternative(text, all, rest.score());
    }

    @Override
    public void close() {
        if (recogniser != null) {
            recogniser.close();
        }
    }
}
