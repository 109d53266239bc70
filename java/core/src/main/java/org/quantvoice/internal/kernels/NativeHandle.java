package org.quantvoice.internal.kernels;

import java.lang.ref.Cleaner;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A native object with an owner and users. {@link #close()} is idempotent and never waits: new uses fail from then on,
 * and the last use under way frees the object. An owner that is lost without being closed is freed.
 */
public abstract class NativeHandle implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Logger LOG = LoggerFactory.getLogger(NativeHandle.class);

    private final State state;
    private final Cleaner.Cleanable cleanable;

    NativeHandle(String name, long address, LongConsumer free) {
        state = new State(name, address, free, LOG.isDebugEnabled() ? new Throwable("created here") : null);
        cleanable = CLEANER.register(this, state);
    }

    /**
     * Returns the native address, valid until {@link #release()}, which must follow in a {@code finally}.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    final long acquire() {
        return state.acquire();
    }

    final void release() {
        state.release();
    }

    /**
     * Returns the native address as a number for the words of a program. When the program is made, the address is
     * checked against the objects that are alive.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    final long peekAddress() {
        long address = acquire();
        release();
        return address;
    }

    @Override
    public final void close() {
        state.close();
        cleanable.clean();
    }

    /** The state of a handle. It holds no reference to its owner, or the owner would never become unreachable. */
    private static final class State implements Runnable {
        private final String name;
        private final LongConsumer free;
        private final @Nullable Throwable site;
        private long address;
        private int users;
        private boolean closed;

        State(String name, long address, LongConsumer free, @Nullable Throwable site) {
            this.name = name;
            this.address = address;
            this.free = free;
            this.site = site;
        }

        synchronized long acquire() {
            if (closed) {
                throw new IllegalStateException("this " + name + " is closed");
            }
            users++;
            return address;
        }

        synchronized void release() {
            users--;
            freeIfUnused();
        }

        synchronized void close() {
            closed = true;
            freeIfUnused();
        }

        private void freeIfUnused() {
            if (closed && users == 0 && address != 0) {
                free.accept(address);
                address = 0;
            }
        }

        @Override
        public synchronized void run() {
            if (!closed) {
                // A lost session holds hundreds of handles, so this is logged at debug level; the session itself logs
                // one line that it was lost.
                LOG.debug("a {} was never closed", name, site);
                close();
            }
        }
    }
}
