package org.quantvoice.torch.script;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pipe with a name in the file system, through which code that can only write to a path gives its bytes to this process.
 * libtorch ends the process if a disk is full while it writes; into a pipe it can always write, and a full disk is our error.
 */
final class NamedPipe implements AutoCloseable {
    private static final int SECONDS_TO_MAKE = 10;

    private final Path folder;
    private final Path path;
    private final RandomAccessFile holder;
    private final InputStream in;

    private NamedPipe(Path folder, Path path) throws IOException {
        this.folder = folder;
        this.path = path;
        // With a writer and a reader from the start, no open waits for the other side; the holder's close is the end.
        this.holder = new RandomAccessFile(path.toFile(), "rw");
        this.in = new FileInputStream(path.toFile());
    }

    /** What writes to the path that it is given. */
    @FunctionalInterface
    interface Writer {
        void writeTo(Path path);
    }

    /**
     * Copies what is written to a pipe of the file's name.
     *
     * @param file to write; it does not exist yet
     * @throws IOException if the file cannot be written; the writer has run to its end by then
     */
    static void copy(Path file, Writer writer) throws IOException {
        try (NamedPipe pipe = make(file);
                OutputStream out = Files.newOutputStream(file)) {
            Drain drain = new Drain(pipe.in, out);
            Thread thread = new Thread(drain, "quantvoice-save");
            thread.setDaemon(true);
            thread.start();
            try {
                writer.writeTo(pipe.path);
            } finally {
                pipe.holder.close();
                join(thread);
            }
            drain.requireAllWritten();
        }
    }

    /** Beside the file, or in the folder for temporary files where the file system there has no pipes. */
    private static NamedPipe make(Path file) throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (Path parent : List.of(file.toAbsolutePath().getParent(), Path.of(System.getProperty("java.io.tmpdir")))) {
            Path folder = null;
            try {
                folder = Files.createTempDirectory(parent, "pipe-");
                Path path = folder.resolve(file.getFileName()); // libtorch writes the name into the file
                mkfifo(path);
                return new NamedPipe(folder, path);
            } catch (IOException e) {
                failures.add(e);
                delete(folder, file.getFileName());
            }
        }
        IOException first = failures.remove(0);
        failures.forEach(first::addSuppressed);
        throw first;
    }

    /** Java has no call for it, POSIX a command. */
    private static void mkfifo(Path path) throws IOException {
        Process process = new ProcessBuilder("mkfifo", "-m", "600", path.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(SECONDS_TO_MAKE, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("mkfifo failed: " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a pipe was made", e);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads to the end whatever happens, so that the writer never waits. */
    private static final class Drain implements Runnable {
        private static final int BYTES = 1 << 16;

        private final InputStream in;
        private final OutputStream out;
        private @Nullable IOException failure;

        Drain(InputStream in, OutputStream out) {
            this.in = in;
            this.out = out;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[BYTES];
            try {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    write(buffer, count);
                }
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }

        private void write(byte[] buffer, int count) {
            try {
                if (failure == null) {
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                failure = e;
            }
        }

        void requireAllWritten() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }
    }

    private static void delete(@Nullable Path folder, Path name) throws IOException {
        if (folder != null) {
            Files.deleteIfExists(folder.resolve(name));
            Files.deleteIfExists(folder);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
        holder.close();
        delete(folder, path.getFileName());
    }
}
