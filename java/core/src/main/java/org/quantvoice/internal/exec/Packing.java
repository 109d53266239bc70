package org.quantvoice.internal.exec;

import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The address of a matrix that is being packed. If packing failed, it is tried again when the address is next asked
 * for.
 */
public final class Packing implements LongSupplier {
    private final PackingThreads threads;
    private final LongSupplier work;
    private @Nullable CompletableFuture<Long> address;

    /** Begins the work on the threads, unless they work only when a matrix is asked for. */
    Packing(PackingThreads threads, LongSupplier work) {
        this.threads = threads;
        this.work = work;
        this.address = threads.startsAhead(this) ? threads.start(work::getAsLong) : null;
    }

    /** Forgets a matrix that was freed: it is packed again when it is asked for again. */
    synchronized void forget() {
        address = null;
    }

    /** Waits for the address; an exception in packing is thrown here. */
    @Override
    public synchronized long getAsLong() {
        CompletableFuture<Long> asked = address == null ? threads.start(work::getAsLong) : address;
        address = asked;
        try {
            return PackingThreads.join(asked);
        } catch (RuntimeException | Error e) {
            address = null;
            throw e;
        }
    }
}
