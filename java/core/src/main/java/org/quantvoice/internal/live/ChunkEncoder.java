package org.quantvoice.internal.live;

import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.features.Fbank;

/**
 * Cuts filterbank features into chunks of a model with caches. A chunk of c encoder frames is a window of (c - 1)
 * rate + context feature frames; the next window begins c rate frames later, so that a few frames overlap.
 */
final class ChunkEncoder implements FrameEncoder {
    private final StreamConstants constants;
    private final StreamingState state;
    private final Fbank fbank;
    private final FrameBuffer features;
    private final int chunk;
    private final int sampleRate;
    private final @Nullable QuietTail tail;
    private long samples;

    /**
     * @param chunk encoder frames of a chunk; {@link Integer#MAX_VALUE} if all frames are one chunk at the end
     * @param quietTail whether missing silence is added at the end
     */
    ChunkEncoder(StreamConstants constants, StreamingState state, int sampleRate, int chunk, boolean quietTail) {
        this.constants = constants;
        this.state = state;
        this.chunk = chunk;
        this.sampleRate = sampleRate;
        tail = quietTail ? new QuietTail(sampleRate) : null;
        fbank = new Fbank(sampleRate, constants.melBins());
        features = new FrameBuffer(constants.melBins());
    }

    @Override
    public void push(float[] more) {
        samples += more.length;
        if (tail != null) {
            tail.accept(more);
        }
        features.add(fbank.accept(more));
    }

    @Override
    public @Nullable EncodedFrames next() {
        long window = constants.window(chunk);
        if (features.size() < window) {
            return null;
        }
        EncodedFrames encoded = state.encode(features.first((int) window), (int) window);
        features.drop(chunk * constants.subsampling());
        return encoded;
    }

    @Override
    public double finish() {
        if (tail != null) {
            features.add(fbank.accept(new float[tail.missing()]));
        }
        return (double) samples / sampleRate;
    }

    @Override
    public @Nullable EncodedFrames last() {
        int left = features.size();
        return left < constants.window(1) ? null : state.encode(features.first(left), left);
    }

    @Override
    public void restart() {
        state.reset();
    }

    @Override
    public void close() {
        state.close();
    }
}
