package org.quantvoice.plan;

import org.quantvoice.stream.EncodedFrames;
import org.quantvoice.stream.StreamingState;

/** The caches of one stream, between two runs of the executor. */
final class NativeStreamingState implements StreamingState {
    private final NativeStreamingModel model;
    private final long limit;
    private final int rows;
    private final int width;
    private float[] attention = {};
    private float[] convolution = {};
    private long offset;
    private boolean closed;

    /**
     * @param limit frames that the attention cache keeps; negative: all
     * @param rows layers times heads
     * @param width numbers of a cached frame
     */
    NativeStreamingState(NativeStreamingModel model, long limit, int rows, int width) {
        this.model = model;
        this.limit = limit;
        this.rows = rows;
        this.width = width;
    }

    @Override
    public EncodedFrames encode(float[] features, int frames) {
        if (closed) {
            throw new IllegalStateException("got a closed stream's caches; expected open ones");
        }
        int cached = attention.length / (rows * width);
        NativeStreamingModel.Chunk chunk = model.encode(features, frames, offset, cached, attention, convolution);
        attention = trimmed(chunk.attention());
        convolution = chunk.convolution();
        offset += chunk.frames().frames();
        return chunk.frames();
    }

    /** The last frames of each row, so many as may be looked back at. */
    private float[] trimmed(float[] cache) {
        int frames = cache.length / (rows * width);
        if (limit < 0 || frames <= limit) {
            return cache;
        }
        int kept = (int) limit * width;
        float[] last = new float[rows * kept];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(cache, (row + 1) * frames * width - kept, last, row * kept, kept);
        }
        return last;
    }

    @Override
    public void reset() {
        attention = new float[0];
        convolution = new float[0];
        offset = 0;
    }

    @Override
    public void close() {
        closed = true;
        reset();
    }
}
