package org.quantvoice.engine;

/** Told how far a long step is. Called from the thread that does the work; must return quickly. */
@FunctionalInterface
public interface Progress {

    /**
     * @param step what is being done, e.g. {@code calibrating}
     * @param done units done so far, from 0 to {@code total}
     * @param total units in all
     */
    void report(String step, long done, long total);

    /** Tells nobody. */
    static Progress none() {
        return (step, done, total) -> {};
    }
}
