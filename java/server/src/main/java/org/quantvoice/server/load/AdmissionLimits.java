package org.quantvoice.server.load;

import java.time.Duration;

/**
 * The limits of work at a time.
 *
 * @param slots recordings that run at once, 1 or more; while there are live streams one fewer, but at least one
 * @param queue recordings that may wait besides, 0 or more
 * @param deadline the longest time that a recording waits for its slot
 * @param streams live streams at once, 1 or more
 * @param perClient recordings and streams of one client, 1 or more
 */
public record AdmissionLimits(int slots, int queue, Duration deadline, int streams, int perClient) {

    public AdmissionLimits {
        require(slots >= 1, slots + " slots", "1 or more");
        require(queue >= 0, "a queue of " + queue, "0 or more");
        require(!deadline.isNegative(), "a deadline of " + deadline, "0 s or more");
        require(streams >= 1, streams + " live streams", "1 or more");
        require(perClient >= 1, perClient + " requests a client", "1 or more");
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("got " + got + "; expected " + expected);
        }
    }
}
