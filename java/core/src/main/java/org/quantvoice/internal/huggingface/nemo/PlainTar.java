package org.quantvoice.internal.huggingface.nemo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.quantvoice.error.ModelFormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tar file without gzip compression; a gzipped one is unpacked to a temporary file that only the user can read.
 * Code that has the file open can still read after {@link #close}.
 */
final class PlainTar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlainTar.class);
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;
    private static final int BUFFER_BYTES = 1 << 16;
    /**
     * Largest ratio of unpacked to packed size: weights hardly shrink, so a file that grows by more is made to fill
     * the disk.
     */
    private static final long MOST_GROWTH = 50;

    private static final long LEAST_ROOM = 64 << 20;

    private final Path file;
    private final boolean temporary;

    private PlainTar(Path file, boolean temporary) {
        this.file = file;
        this.temporary = temporary;
    }

    static PlainTar of(Path path) throws IOException {
        return isGzip(path) ? unpacked(path) : new PlainTar(path, false);
    }

    private static boolean isGzip(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
        }
    }

    private static PlainTar unpacked(Path path) throws IOException {
        Path target = Files.createTempFile("quantvoice-", ".tar");
        PlainTar plain = new PlainTar(target, true);
        long most = Math.max(LEAST_ROOM, MOST_GROWTH * Files.size(path));
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(path)), BUFFER_BYTES);
                OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long all = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                all += count;
                if (all > most) {
                    throw new ModelFormatException(
                            path + ", which unpacks to more than " + most + " bytes",
                            "at most " + MOST_GROWTH + " times its size",
                            "download the file again from a source that you trust");
                }
                out.write(buffer, 0, count);
            }
            return plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} is deleted when the program ends", file, e); // Windows cannot delete an open file
            file.toFile().deleteOnExit();
        }
    }
}
