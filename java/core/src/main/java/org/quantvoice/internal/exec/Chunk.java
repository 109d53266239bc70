package org.quantvoice.internal.exec;

/**
 * A chunk to be encoded.
 *
 * @param features {@code [frames, bins]} row-major
 * @param caches of its stream
 */
@SuppressWarnings("ArrayRecordComponent")
public record Chunk(float[] features, int frames, ChunkCaches caches) {

    /** Whether both can run as one batch. */
    boolean goesWith(Chunk other) {
        return frames == other.frames && caches.cached() == other.caches.cached();
    }
}
