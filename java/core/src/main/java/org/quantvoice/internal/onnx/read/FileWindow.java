package org.quantvoice.internal.onnx.read;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.files.StoredFile;

/** The bytes of a file by position, read in pieces, so that large tensors are skipped unread. Not thread-safe. */
final class FileWindow {
    private static final int PIECE = 1 << 16;

    private final StoredFile file;
    private byte[] piece = new byte[0];
    private long start;

    private FileWindow(StoredFile file) {
        this.file = file;
    }

    static FileWindow open(Path path) {
        return new FileWindow(stored(path));
    }

    /** Opens a file of the model that stays open. */
    static StoredFile stored(Path path) {
        try {
            return new StoredFile(path);
        } catch (IOException e) {
            throw new ModelFormatException(
                    path + ", which cannot be read (" + e + ")",
                    "a readable file",
                    "check the path and its permissions",
                    e);
        }
    }

    StoredFile file() {
        return file;
    }

    byte at(long position) {
        long offset = position - start;
        if (offset < 0 || offset >= piece.length) {
            start = position;
            piece = file.read(position, (int) Math.min(PIECE, file.length() - position));
            offset = 0;
        }
        return piece[(int) offset];
    }

    byte[] bytes(long from, int count) {
        return file.read(from, count);
    }

    String text(long from, int count) {
        return new String(bytes(from, count), StandardCharsets.UTF_8);
    }
}
