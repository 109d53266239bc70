package org.quantvoice.internal.huggingface.folder;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.quantvoice.error.ModelFormatException;

/**
 * A file that is open for reading in pieces. It is not mapped, because weights that are read once, while they are
 * packed or written, need not stay in memory. The operating system's handle is closed when the last tensor of the
 * file is garbage-collected. Thread-safe.
 */
final class StoredFile {
    private final Path path;
    private final RandomAccessFile file;

    StoredFile(Path path) {
        this.path = path;
        try {
            this.file = new RandomAccessFile(path.toFile(), "r");
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Fills a part of an array with the bytes from a position on. */
    void read(long position, byte[] target, int count) {
        synchronized (file) {
            try {
                file.seek(position);
                file.readFully(target, 0, count);
            } catch (EOFException e) {
                throw new ModelFormatException(
                        path + ", which ends before byte " + (position + count),
                        "a file that does not change while it is read",
                        "write or download the file again",
                        e);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
    }

    private ModelFormatException unreadable(IOException e) {
        return new ModelFormatException(
                path + ", which cannot be read (" + e + ")",
                "a readable file",
                "check the path and its permissions",
                e);
    }
}
