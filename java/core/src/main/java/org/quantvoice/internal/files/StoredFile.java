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
 * A model file that stays open while tensors are read from it. The handle is the file's own: one that is replaced by renaming is
 * read as it was. It is given back when its last user releases it, else when nobody refers to it: until then Windows lets nobody
 * replace or delete the file. Thread-safe, and any number of threads read at once. Deaf to interrupts, which would close an
 * ordinary channel for everybody.
 */
public final class StoredFile {
    /** Reads into the heap go by way of memory outside it, of which each reading thread keeps so much. */
    private static final int PIECE = 1 << 18;

    /** Such a channel, unlike an ordinary one, stays open for good if it is lost without being closed. */
    private static final Cleaner CLEANER = Cleaner.create();

    private final Path path;
    private final AsynchronousFileChannel file;
    private final Cleaner.Cleanable closing;
    private final long length;
    private int users;

    /** @throws IOException if it cannot be opened */
    public StoredFile(Path path) throws IOException {
        this.path = path;
        this.file = AsynchronousFileChannel.open(path, Set.of(StandardOpenOption.READ), new CallingThread());
        this.closing = CLEANER.register(this, new Closing(path, file));
        this.length = file.size();
    }

    /** What closes the file; it must not know the object that it is called for. */
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
     * @throws ModelFormatException if they are not there any more
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
     * Fills what remains of a buffer; a direct one without a copy.
     *
     * @throws ModelFormatException if so much is not there any more
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
            Reference.reachabilityFence(this); // the file must not be closed while it is read
        }
    }

    private static int await(Future<Integer> reading) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return reading.get();
                } catch (InterruptedException e) {
                    interrupted = true; // a buffer that is being filled must not be let go
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

    /** Counts one user more. */
    public synchronized void retain() {
        users++;
    }

    /** Counts one user less; the last one closes the file. */
    public synchronized void release() {
        if (--users <= 0) {
            closing.clean();
        }
    }
}
