package org.quantvoice.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.quantvoice.error.OutputException;

/** What a resource holds: its name, size and CRC-32, and its bytes when they are needed. */
public final class JarContent {
    private static final int BLOCK = 1 << 16;

    private final URL resource;
    private final long size;
    private final long crc;

    private JarContent(URL resource, long size, long crc) {
        this.resource = resource;
        this.size = size;
        this.crc = crc;
    }

    /** The place of extraction failed, not the resource. */
    static final class WriteException extends Exception {
        private static final long serialVersionUID = 1L;

        WriteException(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    static JarContent of(URL resource) throws IOException {
        URLConnection connection = open(resource);
        if (connection instanceof JarURLConnection jar) {
            try (var file = jar.getJarFile()) {
                JarEntry entry = jar.getJarEntry();
                if (entry.getSize() >= 0 && entry.getCrc() >= 0) {
                    return new JarContent(resource, entry.getSize(), entry.getCrc());
                }
            }
        }
        try (InputStream in = open(resource).getInputStream()) {
            return read(resource, in);
        }
    }

    /** Uncached, so that no jar stays open behind the back of a server that replaces it. */
    private static URLConnection open(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    private static JarContent read(URL resource, InputStream in) throws IOException {
        CRC32 crc = new CRC32();
        byte[] block = new byte[BLOCK];
        long size = 0;
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            crc.update(block, 0, n);
            size += n;
        }
        return new JarContent(resource, size, crc.getValue());
    }

    /**
     * The path of a file with this content below a folder, written only if it is not there yet.
     *
     * @throws IOException if the resource cannot be read
     * @throws WriteException if the folder cannot be written
     */
    Path extractTo(Path directory) throws IOException, WriteException {
        Path target = directory.resolve(Long.toHexString(crc) + "-" + size).resolve(name());
        if (!isAt(target)) {
            byte[] bytes = bytes();
            try {
                Files.createDirectories(target.getParent());
                AtomicFile.write(target, out -> out.write(bytes));
            } catch (IOException | OutputException e) {
                throw new WriteException(e);
            }
        }
        return target;
    }

    private byte[] bytes() throws IOException {
        try (InputStream in = open(resource).getInputStream()) {
            byte[] bytes = in.readAllBytes();
            CRC32 sum = new CRC32();
            sum.update(bytes);
            if (bytes.length != size || sum.getValue() != crc) {
                throw new IOException("its content is not what the directory of the jar says");
            }
            return bytes;
        }
    }

    private boolean isAt(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) != size) {
                return false;
            }
            try (InputStream in = Files.newInputStream(file)) {
                return read(resource, in).crc == crc;
            }
        } catch (IOException unreadable) { // then it is written again, which tells what is wrong if that fails too
            return false;
        }
    }

    private String name() {
        String path = resource.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
