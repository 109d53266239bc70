package org.quantvoice.internal.exec;

import org.quantvoice.internal.program.ChunkGraph;

/**
 * The keys and frames that one stream keeps between chunks, in native memory of its own. For one thread at a time.
 */
public final class ChunkCaches implements AutoCloseable {
    /**
     * Fewest frames of a history. Histories are rounded up to sizes that many streams share; surplus frames are
     * masked.
     */
    private static final long SMALLEST = 64;

    private final long limit;
    private final long framesBefore;
    private final SlidingFrames keys;
    private final SlidingFrames frames;
    private long known;
    private long offset;

    /** @param limit encoder frames to look back; negative for all */
    ChunkCaches(ChunkGraph chunks, long limit) {
        this(chunks.keyRow(), chunks.frameRow(), chunks.framesBefore(), limit);
    }

    /**
     * @param keyRow floats of a frame's keys
     * @param frameRow floats of a frame's inputs of convolutions
     * @param framesBefore frames that convolutions look back
     * @param limit encoder frames to look back; negative for all
     */
    ChunkCaches(long keyRow, long frameRow, long framesBefore, long limit) {
        this.limit = limit;
        this.framesBefore = framesBefore;
        keys = new SlidingFrames(keyRow);
        frames = new SlidingFrames(frameRow);
    }

    /** Returns the number of rows of the attention cache that the next chunk's program looks at. */
    long cached() {
        if (limit >= 0 && limit <= SMALLEST) {
            return limit;
        }
        long size = SMALLEST;
        for (boolean half = false; size < known; half = !half) {
            size = half ? size / 3 * 4 : size / 2 * 3;
        }
        return limit < 0 ? size : Math.min(size, limit);
    }

    /** Returns the number of frames in the attention cache. */
    long known() {
        return known;
    }

    /** Returns the number of encoder frames of the stream so far. */
    long offset() {
        return offset;
    }

    SlidingFrames keys() {
        return keys;
    }

    SlidingFrames frames() {
        return frames;
    }

    long framesBefore() {
        return framesBefore;
    }

    /** Adds the frames of a chunk that was encoded. */
    void advance(long fresh) {
        keys.advance(fresh);
        frames.advance(fresh);
        offset += fresh;
        known = limit < 0 ? known + fresh : Math.min(known + fresh, limit);
    }

    /** Returns to the state before the first chunk. */
    void clear() {
        keys.clear();
        frames.clear();
        known = 0;
        offset = 0;
    }

    @Override
    public void close() {
        keys.close();
        frames.close();
    }
}
