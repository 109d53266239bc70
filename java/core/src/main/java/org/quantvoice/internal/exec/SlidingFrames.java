package org.quantvoice.internal.exec;

import org.quantvoice.internal.kernels.Arena;

/**
 * Rows that a stream keeps in native memory: new rows are written behind the last one, and the window slides over
 * them. Rows are moved only when the end of the memory is reached, so that a chunk costs a fraction of a copy. For
 * one thread at a time.
 */
public final class SlidingFrames implements AutoCloseable {
    private final long rowBytes;
    private Arena arena = Arena.of(0);
    private long end;

    /** @param row number of floats in a row */
    SlidingFrames(long row) {
        rowBytes = row * Float.BYTES;
    }

    /**
     * Makes sure that {@code before} rows lie before the next one, and that there is room for new ones.
     *
     * @param before number of rows that will be read; those that were never written hold zeros or older rows
     * @param fresh number of rows that will be written
     * @return byte offset of the first row that will be read
     */
    long place(long before, long fresh) {
        long capacity = arena.bytes() / rowBytes;
        if (end < before || end + fresh > capacity) {
            long kept = Math.min(end, before);
            if (before + fresh > capacity) {
                grow(before + 2 * fresh + before / 2, before, kept);
            } else {
                arena.copy((before - kept) * rowBytes, arena, (end - kept) * rowBytes, kept * rowBytes / Float.BYTES);
            }
            end = before;
        }
        return (end - before) * rowBytes;
    }

    private void grow(long capacity, long before, long kept) {
        Arena larger = Arena.of(capacity * rowBytes);
        larger.copy((before - kept) * rowBytes, arena, (end - kept) * rowBytes, kept * rowBytes / Float.BYTES);
        arena.close();
        arena = larger;
    }

    /** Counts rows that were written. */
    void advance(long fresh) {
        end += fresh;
    }

    Arena arena() {
        return arena;
    }

    /** Forgets all rows; the rows before the next one read as zeros. */
    void clear() {
        arena.clear();
        end = 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
