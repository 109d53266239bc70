package org.quantvoice.internal.live;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.stream.WindowOptions;

/** Runs a model that is not causal on overlapping windows. Windows lie on the grid of the model's frames. */
final class WindowEncoder implements FrameEncoder {
    private final Function<float[], LogProbs> model;
    private final int sampleRate;
    private final int hop;
    private final int shortest;
    private final int left;
    private final int step;
    private final int right;
    private final FrameBuffer samples = new FrameBuffer(1);
    private final QuietTail tail;
    private long received;
    /** Number of frames of history at the head of the buffer. */
    private int history;

    /**
     * @param hop samples of a frame
     * @param shortest samples of the model's shortest input
     */
    WindowEncoder(Function<float[], LogProbs> model, int sampleRate, int hop, int shortest, WindowOptions options) {
        this.model = model;
        this.sampleRate = sampleRate;
        tail = new QuietTail(sampleRate);
        this.hop = hop;
        this.shortest = shortest;
        left = frames(options.left(), sampleRate);
        step = Math.max(1, frames(options.step(), sampleRate));
        // a frame's input reaches behind its hop
        right = frames(options.right(), sampleRate) + (shortest + hop - 1) / hop;
    }

    private int frames(double seconds, int sampleRate) {
        return (int) Math.round(seconds * sampleRate / hop);
    }

    @Override
    public void push(float[] more) {
        received += more.length;
        tail.accept(more);
        samples.add(more);
    }

    @Override
    public @Nullable EncodedFrames next() {
        int window = (history + step + right) * hop;
        if (samples.size() < window) {
            return null;
        }
        LogProbs all = model.apply(samples.first(window));
        if (all.frames() < history + step) {
            throw new ModelFormatException(
                    "a model that gives " + all.frames() + " frames for " + window + " samples",
                    "at least " + (history + step) + ", one for " + hop + " samples",
                    "correct frame_hop in the token list");
        }
        EncodedFrames encoded = cut(all, history + step);
        int old = Math.max(0, history + step - left);
        samples.drop(old * hop);
        history += step - old;
        return encoded;
    }

    @Override
    public double finish() {
        samples.add(new float[tail.missing()]);
        return (double) received / sampleRate;
    }

    @Override
    public @Nullable EncodedFrames last() {
        int rest = samples.size();
        if (rest < Math.max(shortest, history * hop + 1)) {
            return null;
        }
        LogProbs all = model.apply(samples.first(rest));
        return all.frames() <= history ? null : cut(all, all.frames());
    }

    private EncodedFrames cut(LogProbs all, int to) {
        int width = all.vocabulary();
        float[] rows = Arrays.copyOfRange(all.data(), history * width, to * width);
        return new EncodedFrames(new float[0], 0, new LogProbs(rows, to - history, width));
    }

    /** Keeps the history: it is context for the next frames, not a cache that grows. */
    @Override
    public void restart() {}

    @Override
    public void close() {}
}
