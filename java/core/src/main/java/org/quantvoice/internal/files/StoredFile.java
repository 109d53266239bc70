package org.quantvoice.internal.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.quantvoice.error.ModelFormatException;

/**
 * A model file that stays open while tensors are read from it. The handle is the file's own: one that is replaced by renaming is
 * read as it was. It is freed with the last tensor that uses it. Thread-safe, and deaf to interrupts, which would close a channel.
 */
public final class StoredFile {
    private final Path path;
    private final RandomAccessFile file;
    private final long length;

    /** @throws IOException if it cannot be opened */
    public StoredFile(Path path) throws IOException {
        this.path = path;
        this.file = new RandomAccessFile(path.toFile(), "r");
        this.length = file.length();
    }

    public long length() {
        return length;
    }

    /** @throws ModelFormatException if they are not there any more */
    public synchronized byte[] read(long at, int size) {
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
}
