package org.quantvoice.internal.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.quantvoice.error.ModelFormatException;

/**
 * A model file that stays open while tensors are read from it. If the file is replaced by renaming, the old content
 * is read. It is closed when its last user releases it, or else when nothing refers to it any more; until then
 * Windows lets nobody replace or delete the file. Thread-safe, and any number of threads can read at the same time.
 * Interrupts are kept for later, because they would close an ordinary channel for all users.
 */
public final class StoredFile {
    /**
     * Number of bytes read at a time: reads into the heap go through memory outside it, of which each reading thread
     * keeps this much.
     */
    private static final int PIECE = 1 << 18;

    /**
     * Closes lost files: an asynchronous channel, unlike an ordinary one, stays open for good if it is lost without
     * being closed.
     */
    private static final Cleaner CLEANER = Cleaner.create();

    private final Path path;
    private final AsynchronousFileChannel file;
    private final Cleaner.Cleanable closing;
    private final long length;
    private int users;

    /**
     * Opens a file.
     *
     * @throws IOException if it cannot be opened
     */
    public StoredFile(Path path) throws IOException {
        this.path = path;
        this.file = AsynchronousFileChannel.open(path, Set.of(StandardOpenOption.READ), new CallingThread());
        this.closing = CLEANER.register(this, new Closing(path, file));
        this.length = file.size();
    }

    /** Closes the file; it must not refer to the object for which the cleaner calls it. */
    private record Closing(Path path, AsynchronousFileChannel file) implements Runnable {
        @Override
        public void run() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing " + path, e);
            }
        }
    }

    public long length() {
        return length;
    }

    /**
     * Reads bytes at a position.
     *
     * @throws ModelFormatException if the file has become too short
     * @throws IllegalStateException if it was closed
     */
    public byte[] read(long at, int size) {
        byte[] bytes = new byte[size];
        for (int done = 0; done < size; done += PIECE) {
            read(at + done, ByteBuffer.wrap(bytes, done, Math.min(PIECE, size - done)));
        }
        return bytes;
    }

    /**
     * Fills the rest of a buffer with bytes at a position; a direct buffer is filled without a copy.
     *
     * @throws ModelFormatException if the file has become too short
     * @throws IllegalStateException if it was closed
     */
    public void read(long at, ByteBuffer target) {
        if (!file.isOpen()) {
            throw new IllegalStateException("got a read from " + path + ", whose model is closed");
        }
        try {
            if (file.size() < length) {
                throw new EOFException("it has " + file.size() + " bytes instead of " + length);
            }
            long next = at;
            while (target.hasRemaining()) {
                int some = await(file.read(target, next));
                if (some < 0) {
                    throw new EOFException("it ends at byte " + next);
                }
                next += some;
            }
        } catch (IOException e) {
            throw new ModelFormatException(
                    path + ", which was cut short or overwritten while it was in use (" + e.getMessage() + ")",
                    "a file that stays as it is while it is open",
                    "open the model again; replace files by renaming (mv), not in place (cp)",
                    e);
        } finally {
            Reference.reachabilityFence(this); // the cleaner must not close the file during a read
        }
    }

    private static int await(Future<Integer> reading) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return reading.get();
                } catch (InterruptedException e) {
                    interrupted = true; // a buffer that is being filled must not be released
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Adds a user. */
    public synchronized void retain() {
        users++;
    }

    /** Removes a user; the last one closes the file. */
    public synchronized void release() {
        if (--users <= 0) {
            closing.clean();
        }
    }
}
