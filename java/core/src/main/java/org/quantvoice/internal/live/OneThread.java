package org.quantvoice.internal.live;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Guards an object that belongs to one thread at a time: a call during another thread's call, or from inside a call,
 * throws {@link IllegalStateException}, except for closing, which waits.
 */
final class OneThread {
    private final ReentrantLock lock = new ReentrantLock();
    private final String what;

    OneThread(String what) {
        this.what = what;
    }

    void enter() {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "got a call from inside a listener of " + what + "; expected it afterwards");
        }
        if (!lock.tryLock()) {
            throw new IllegalStateException(
                    "got " + what + " in use by another thread; expected one thread at a time; open one for each");
        }
    }

    void leave() {
        lock.unlock();
    }

    /** Waits for another thread's call. Returns true if this thread is in no call of its own. */
    boolean enterToClose() {
        lock.lock();
        return lock.getHoldCount() == 1;
    }
}
