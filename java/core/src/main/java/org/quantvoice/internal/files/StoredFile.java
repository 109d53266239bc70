package org.quantvoice.internal.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.quantvoice.error.ModelFormatException;

/**
 * A model file that stays open while tensors are read from it. The handle is the file's own: one that is replaced by renaming is
 * read as it was. It is given back when its last user releases it, else when nobody refers to it: until then Windows lets nobody
 * replace or delete the file. Thread-safe, and deaf to interrupts, which would close a channel.
 */
public final class StoredFile {
    private final Path path;
    private final RandomAccessFile file;
    private final long length;
    private int users;
    private boolean closed;

    /** @throws IOException if it cannot be opened */
    public StoredFile(Path path) throws IOException {
        this.path = path;
        this.file = new RandomAccessFile(path.toFile(), "r");
        this.length = file.length();
    }

    public long length() {
        return length;
    }

    /**
     * @throws ModelFormatException if they are not there any more
     * @throws IllegalStateException if it was closed
     */
    public synchronized byte[] read(long at, int size) {
        if (closed) {
            throw new IllegalStateException("got a read from " + path + ", whose model is closed");
        }
        byte[] bytes = new byte[size];
        try {
            if (file.length() < length) {
                throw new EOFException("it has " + file.length() + " bytes instead of " + length);
            }
            file.seek(at);
            file.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            throw new ModelFormatException(
                    path + ", which was cut short or overwritten while it was in use (" + e.getMessage() + ")",
                    "a file that stays as it is while it is open",
                    "open the model again; replace files by renaming (mv), not in place (cp)",
                    e);
        }
    }

    /** Counts one user more. */
    public synchronized void retain() {
        users++;
    }

    /** Counts one user less; the last one closes the file. */
    public synchronized void release() {
        if (--users > 0) {
            return;
        }
        closed = true;
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing " + path, e);
        }
    }
}
