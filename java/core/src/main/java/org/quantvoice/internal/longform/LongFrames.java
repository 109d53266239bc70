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
 * A recording of any length into one sequence of frames, in bounded memory: windows are planned, encoded by threads of their
 * own, and joined in order. The frames depend on the samples alone, never on how they were cut nor on the number of threads.
 * One thread at a time feeds it; the sink is called on that thread.
 */
public final class LongFrames implements AutoCloseable {
    private static final int MOST_SILENCE = 256;
    /** In front of a part so much speech is heard that a decoder which has not heard the rest goes on as one that has. */
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
    /** Whether a word may be unfinished. */
    private boolean spoken;

    private record Pending(Span span, @Nullable Future<LogProbs> encoded) {}

    /** The window that was encoded last: what is kept of it is known when its neighbour is there. */
    private record Open(Span.Speech span, LogProbs rows, long from) {}

    /**
     * @param part what of it is wanted, not shared with others; the sink's first frame is {@link PartSpans#first()}
     * @param model from samples to log-probabilities; called by several threads
     * @param parallel windows encoded at once, 1 or more
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
     * Takes the next samples, any number; waits for the model when it is behind.
     *
     * @param samples mono at the model's rate
     */
    public void accept(float[] samples) {
        planner.accept(samples);
        plan();
    }

    /** The recording ends; the sink gets all that is missing. */
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

    /** Hands on what is kept of a window. */
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

    /** Gives the threads back, and waits for what they are at. */
    @Override
    public void close() {
        encoders.close();
        planner.close();
    }
}
