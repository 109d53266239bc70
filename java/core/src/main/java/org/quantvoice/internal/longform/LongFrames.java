package org.quantvoice.internal.longform;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;

/**
 * Turns a recording of any length into one sequence of frames, in bounded memory: windows are planned, encoded by
 * several threads, and joined in order. The frames depend on the samples alone, never on how the samples were split
 * into calls nor on the number of threads. One thread at a time feeds it; the sink is called on that thread.
 */
public final class LongFrames implements AutoCloseable {
    private static final int MOST_SILENCE = 256;
    /**
     * Least speech in seconds that is decoded before a part, so that the decoder reaches the part in the state in
     * which it would be after the whole recording.
     */
    private static final double LEAD_SECONDS = 30;

    private static final int LEAD_WINDOWS = 2;

    private final WindowShape shape;
    private final Vocabulary vocabulary;
    private final WindowPlanner planner;
    private final PartSpans part;
    private final Encoders encoders;
    private final int inFlight;
    private final long lead;
    private final Consumer<LogProbs> sink;
    private final Seam seam;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private int encoding;
    private @Nullable Open open;
    /** True if a word may be unfinished at the end of the frames so far. */
    private boolean spoken;

    private record Pending(Span span, @Nullable Future<LogProbs> encoded) {}

    /** The window that was encoded last. Which of its frames are kept is known when the next window is encoded. */
    private record Open(Span.Speech span, LogProbs rows, long from) {}

    /**
     * @param part the part of the recording that is wanted, not shared with other recordings; the sink's first frame
     *     is {@link PartSpans#first()}
     * @param model turns samples into log-probs; called by several threads
     * @param parallel number of windows encoded at once, 1 or more
     * @param sink takes the frames in order, any number at a time
     */
    public LongFrames(
            WindowShape shape,
            Vocabulary vocabulary,
            int sampleRate,
            VoiceActivity activity,
            PartSpans part,
            Function<float[], LogProbs> model,
            int parallel,
            Consumer<LogProbs> sink) {
        this.shape = shape;
        this.vocabulary = vocabulary;
        this.part = part;
        this.sink = sink;
        seam = new Seam(vocabulary.blank());
        planner = new WindowPlanner(shape, activity, sampleRate);
        encoders = new Encoders(model, parallel);
        inFlight = parallel + 1;
        lead = Math.max(LEAD_WINDOWS * (long) shape.window(), (long) (LEAD_SECONDS * sampleRate / shape.hop()));
    }

    /**
     * Takes the next samples, any number; waits when the model cannot keep up.
     *
     * @param samples mono at the model's rate
     */
    public void accept(float[] samples) {
        planner.accept(samples);
        plan();
    }

    /** Ends the recording and passes all remaining frames to the sink. */
    public void finish() {
        planner.finish();
        plan();
        while (!waiting.isEmpty()) {
            take();
        }
        if (open != null) {
            close(open, open.span().last() ? Long.MAX_VALUE : open.span().to());
        }
    }

    private void plan() {
        for (Span span = planner.next(); span != null; span = planner.next()) {
            part.take(span, lead).forEach(this::encode);
        }
        while (ready()) {
            take();
        }
    }

    private void encode(Span span) {
        while (span instanceof Span.Speech && encoding >= inFlight) {
            take();
        }
        encoding += span instanceof Span.Speech ? 1 : 0;
        waiting.addLast(new Pending(span, span instanceof Span.Speech s ? encoders.submit(s.samples()) : null));
    }

    private boolean ready() {
        Pending head = waiting.peekFirst();
        return head != null && (head.encoded() == null || head.encoded().isDone());
    }

    private void take() {
        Pending head = waiting.removeFirst();
        if (head.encoded() != null) {
            encoding--;
            join((Span.Speech) head.span(), Encoders.get(head.encoded()));
        } else {
            silence((Span.Silence) head.span());
        }
    }

    private void join(Span.Speech span, LogProbs rows) {
        long from = span.from();
        if (open != null) {
            long reach = shape.context() - shape.context() / 2;
            from = seam.between(open.rows(), open.span().start(), rows, span.start(), from - reach, from + reach, from);
            close(open, from);
        }
        open = new Open(span, rows, from);
        spoken = true;
    }

    private void silence(Span.Silence span) {
        if (open != null) {
            close(open, open.span().to());
        }
        for (long left = span.to() - span.from(); left > 0; left -= MOST_SILENCE) {
            sink.accept(Silences.rows(vocabulary, (int) Math.min(left, MOST_SILENCE), spoken));
            spoken = false;
        }
    }

    /** Passes the kept frames of a window to the sink. */
    private void close(Open window, long to) {
        open = null;
        LogProbs rows = window.rows();
        long start = window.span().start();
        boolean all = to == Long.MAX_VALUE;
        if (!all && rows.frames() < to - start || window.from() - start > rows.frames()) {
            throw new ModelFormatException(
                    "a model that gives " + rows.frames() + " frames for "
                            + window.span().samples().length + " samples",
                    "at least " + (Math.max(window.from(), all ? 0 : to) - start) + ", one for " + shape.hop()
                            + " samples",
                    "correct frame_hop in the token list");
        }
        int from = (int) (window.from() - start);
        int until = all ? rows.frames() : (int) (to - start);
        int width = rows.vocabulary();
        float[] kept = Arrays.copyOfRange(rows.data(), from * width, until * width);
        sink.accept(new LogProbs(kept, until - from, width));
    }

    /** Ends the threads, and waits for the windows that they are encoding. */
    @Override
    public void close() {
        encoders.close();
        planner.close();
    }
}
