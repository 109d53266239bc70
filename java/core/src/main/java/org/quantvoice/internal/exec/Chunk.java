package org.quantvoice.internal.exec;

/**
 * A chunk that is to be encoded.
 *
 * @param features {@code [frames, bins]} row-major
 * @param caches of the chunk's stream
 */
@SuppressWarnings("ArrayRecordComponent")
public record Chunk(float[] features, int frames, ChunkCaches caches) {

    /** Returns whether both chunks can run as one batch. */
    boolean goesWith(Chunk other) {
        return frames == other.frames && caches.cached() == other.caches.cached();
    }
}
