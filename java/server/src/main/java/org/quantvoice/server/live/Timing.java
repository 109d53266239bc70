package org.quantvoice.server.live;

/** How long the work of one client takes. */
final class Timing {
    private final int sampleRate;
    private long samples;
    private long busyNanos;
    private long begun;

    Timing(int sampleRate) {
        this.sampleRate = sampleRate;
    }

    /** A message was taken up; it may have waited in the network. */
    void begin() {
        begun = System.nanoTime();
    }

    /**
     * The message is done.
     *
     * @return nanoseconds since it was taken up
     */
    long end(int newSamples) {
        long nanos = System.nanoTime() - begun;
        busyNanos += nanos;
        samples += newSamples;
        return nanos;
    }

    /** From taking up the message with the last sample of a chunk to now. */
    double latencyMillis() {
        return (System.nanoTime() - begun) / 1e6;
    }

    double audioSeconds() {
        return (double) samples / sampleRate;
    }

    /** Time of all finished messages over the time of their audio; 0 before the first. */
    double realTimeFactor() {
        return samples == 0 ? 0 : busyNanos / 1e9 / audioSeconds();
    }
}
