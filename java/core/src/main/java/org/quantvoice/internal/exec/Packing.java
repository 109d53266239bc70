package org.quantvoice.internal.exec;

import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The address of a matrix that is being packed. One that could not be packed is tried again when next asked for. */
public final class Packing implements LongSupplier {
    private final PackingThreads threads;
    private final LongSupplier work;
    private @Nullable CompletableFuture<Long> address;

    /** Begins the work on the threads. */
    Packing(PackingThreads threads, LongSupplier work) {
        this.threads = threads;
        this.work = work;
        this.address = threads.start(work::getAsLong);
    }

    /** Waits; what went wrong in packing is thrown here. */
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
