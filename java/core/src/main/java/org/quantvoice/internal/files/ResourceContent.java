package org.quantvoice.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** A resource of a jar: its name, its bytes, and the SHA-256 under which it is kept. */
final class ResourceContent {
    private static final String TEMPORARY = ".tmp";
    private static final int MOST_ATTEMPTS = 50;
    private static final int PAUSE_MILLIS = 20;

    private final String name;
    private final byte[] bytes;

    private ResourceContent(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** Thrown if the target of extraction failed, not the resource. */
    static final class WriteException extends Exception {
        private static final long serialVersionUID = 1L;

        WriteException(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    static ResourceContent of(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        // Caches are off, so that no jar stays open in a server that wants to replace it.
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            byte[] bytes = in.readAllBytes();
            if (connection instanceof JarURLConnection jar) {
                check(bytes, jar.getJarEntry());
            }
            String path = resource.getPath();
            return new ResourceContent(path.substring(path.lastIndexOf('/') + 1), bytes);
        }
    }

    /** Checks the bytes of a jar's entry, because reading from a jar does not check them. */
    private static void check(byte[] bytes, ZipEntry entry) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        if (entry.getSize() != bytes.length || entry.getCrc() != sum.getValue()) {
            throw new IOException("its content is not what the directory of the jar says");
        }
    }

    /**
     * Returns the path of a file with this content below a folder, and writes it only if it is not there yet. The
     * file is compared with the resource byte by byte, and lies in a folder that nobody else can write to.
     *
     * @param permissions of new folders
     * @throws WriteException if the folder cannot be used
     */
    Path extractTo(Path directory, String permissions) throws WriteException {
        try {
            PrivateFolder.prepare(directory, permissions);
            Path folder = directory.resolve(sha256());
            PrivateFolder.prepare(folder, permissions);
            Path target = folder.resolve(name);
            if (!isAt(target)) {
                write(folder, target);
            }
            return target;
        } catch (IOException e) {
            throw new WriteException(e);
        }
    }

    private String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("got a JVM without SHA-256, which every JVM has", e);
        }
    }

    private boolean isAt(Path file) throws IOException {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) == bytes.length
                    && Arrays.equals(read(file), bytes);
        } catch (FileSystemException e) {
            if (PrivateFolder.POSIX) {
                throw e;
            }
            return false; // another process is putting it there right now
        }
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readAllBytes();
        }
    }

    /** Writes a new file and moves it over the target; a link at the target is replaced, not followed. */
    private void write(Path folder, Path target) throws IOException {
        Path temporary = Files.createTempFile(folder, "." + name, TEMPORARY);
        try {
            Files.write(temporary, bytes);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            PrivateFolder.letRead(folder, temporary);
            move(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void move(Path temporary, Path target) throws IOException {
        if (PrivateFolder.POSIX) {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            moveOnWindows(temporary, target);
        }
    }

    /**
     * Moves a file into place on Windows. Windows does not replace a library in use, and refuses to open a file while
     * it is being replaced or scanned for viruses. A file with the right content that another process has put there
     * is therefore left alone, and refused moves are repeated for a while.
     */
    private void moveOnWindows(Path temporary, Path target) throws IOException {
        for (int attempt = 1; !isAt(target); attempt++) {
            try {
                if (Files.exists(target)) {
                    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.move(temporary, target); // this fails if another process was faster
                }
                return;
            } catch (FileSystemException e) {
                if ((attempt == MOST_ATTEMPTS || !paused()) && !isAt(target)) {
                    throw e;
                }
            }
        }
    }

    private static boolean paused() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
