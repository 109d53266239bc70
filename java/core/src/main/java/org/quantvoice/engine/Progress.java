package org.quantvoice.engine;

/**
 * A listener to the progress of long steps. It is called from the thread that does the work, and must return quickly.
 */
@FunctionalInterface
public interface Progress {

    /**
     * Reports progress.
     *
     * @param step name of the step, e.g. {@code calibrating}
     * @param done units done so far, from 0 to {@code total}
     * @param total number of units
     */
    void report(String step, long done, long total);

    /** Returns a listener that does nothing. */
    static Progress none() {
        return (step, done, total) -> {};
    }
}
