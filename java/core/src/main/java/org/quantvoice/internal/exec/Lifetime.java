package org.quantvoice.internal.exec;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** The time in which a model may be used: calls run side by side while it is open, and closing waits for their end. */
final class Lifetime {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /**
     * Does work while the model cannot be closed.
     *
     * @param work must not close the model, which would wait for this call to end
     * @throws IllegalStateException if the model is closed
     */
    <T> T whileOpen(Supplier<T> work) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("this model is closed");
            }
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Frees what the model has, once no call uses it; does nothing if that was done before. */
    void close(Runnable free) {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                free.run();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
