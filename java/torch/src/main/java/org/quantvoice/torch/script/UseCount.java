package org.quantvoice.torch.script;

/**
 * Counts the users of a resource that can be closed, so that it is never freed during a run. Closing waits for the runs
 * in progress; entering afterwards throws.
 */
public final class UseCount {
    private final String what;
    private int users;
    private boolean closed;

    public UseCount(String what) {
        this.what = what;
    }

    /**
     * Adds a user.
     *
     * @throws IllegalStateException if closed
     */
    public synchronized void enter() {
        if (closed) {
            throw new IllegalStateException(what + " is closed; open it again to use it");
        }
        users++;
    }

    public synchronized void leave() {
        users--;
        notifyAll();
    }

    /**
     * Refuses new users and waits for the present ones, through interrupts (the caller is about to free memory they use).
     *
     * @return true for the one caller that has to free; false if it was closed before
     */
    public synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        boolean interrupted = false;
        while (users > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return first;
    }
}
