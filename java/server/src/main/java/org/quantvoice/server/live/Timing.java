package org.quantvoice.server.live;

/** Measures how long the work for one client takes. */
final class Timing {
    private final int sampleRate;
    private long samples;
    private long busyNanos;
    private long begun;

    Timing(int sampleRate) {
        this.sampleRate = sampleRate;
    }

    /** Starts the clock of a message, which may have waited in the network before. */
    void begin() {
        begun = System.nanoTime();
    }

    /**
     * Stops the clock of the message.
     *
     * @return nanoseconds since it was taken up
     */
    long end(int newSamples) {
        long nanos = System.nanoTime() - begun;
        busyNanos += nanos;
        samples += newSamples;
        return nanos;
    }

    /** Returns the milliseconds since the message with the last sample of a chunk was taken up. */
    double latencyMillis() {
        return (System.nanoTime() - begun) / 1e6;
    }

    double audioSeconds() {
        return (double) samples / sampleRate;
    }

    /** Returns the time of all finished messages divided by the time of their audio; 0 before the first. */
    double realTimeFactor() {
        return samples == 0 ? 0 : busyNanos / 1e9 / audioSeconds();
    }
}
