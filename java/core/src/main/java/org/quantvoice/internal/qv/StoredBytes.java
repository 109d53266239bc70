package org.quantvoice.internal.qv;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.quantvoice.graph.TensorBytes;
import org.quantvoice.internal.files.StoredFile;

/**
 * The bytes of one tensor in a file. They are read when they are first used and cached as long as memory is not
 * scarce.
 *
 * <p>They are read and not mapped: when another process cuts a mapped file short, the JVM throws an error at some
 * later place in any code of the thread, and native code crashes the process.
 */
final class StoredBytes implements TensorBytes {
    private final StoredFile file;
    private final long at;
    private final int size;
    private WeakReference<ByteBuffer> read = new WeakReference<>(null);
    private boolean closed;

    StoredBytes(StoredFile file, long at, int size) {
        this.file = file;
        file.retain();
        this.at = at;
        this.size = size;
    }

    int size() {
        return size;
    }

    /**
     * Returns all bytes, little-endian, as a read-only view with its own position.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file was cut short after it was opened
     */
    @Override
    public synchronized ByteBuffer get() {
        ByteBuffer known = read.get();
        if (known == null) {
            known = ByteBuffer.wrap(file.read(at, size));
            read = new WeakReference<>(known);
        }
        return known.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long from, ByteBuffer target) {
        Objects.checkFromIndexSize(from, target.remaining(), size);
        file.read(at + from, target);
    }

    /** Closes this tensor; the file is closed with the last of its tensors. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            read = new WeakReference<>(null);
            file.release();
        }
    }
}
