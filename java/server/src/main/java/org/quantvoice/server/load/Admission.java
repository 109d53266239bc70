package org.quantvoice.server.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Decides which recordings and streams run, wait or are refused. Recordings run in a few slots and wait in a bounded
 * queue, in the order in which they came, no longer than a deadline. Live streams have places of their own, so that
 * they never wait behind a recording; while there are streams, recordings take one slot less. Both count for their
 * client. A request that does not fit is refused at once, with a time after which it may fit. Safe for several threads.
 */
public final class Admission {
    private static final long LONGEST_RETRY = 120;
    /** The weight of the newest recording in the moving average of their times. */
    private static final double NEWEST = 0.2;

    private final AdmissionLimits limits;
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private final Map<String, Integer> byClient = new HashMap<>();
    private int recordings;
    private int running;
    private int streams;
    private double meanSeconds = 1;
    private boolean stopping;

    public Admission(AdmissionLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes a place for a recording, before its body is read.
     *
     * @param client the client that it counts for
     * @return to be closed
     * @throws Overload if there is none
     */
    public synchronized Ticket enter(String client) throws Overload {
        refuseWhenStopping();
        if (recordings >= limits.slots() + limits.queue()) {
            throw new Overload(Overload.Reason.FULL, retryAfter());
        }
        count(client);
        recordings++;
        return new Ticket(this, client);
    }

    /**
     * Takes a place for a live stream.
     *
     * @return to be closed
     * @throws Overload if there is none
     */
    public synchronized StreamPlace enterLive(String client) throws Overload {
        refuseWhenStopping();
        if (streams >= limits.streams()) {
            throw new Overload(Overload.Reason.FULL, retryAfter());
        }
        count(client);
        streams++;
        return new StreamPlace(this, client);
    }

    private void refuseWhenStopping() throws Overload {
        if (stopping) {
            throw new Overload(Overload.Reason.STOPPING, retryAfter());
        }
    }

    private void count(String client) throws Overload {
        int now = byClient.getOrDefault(client, 0);
        if (now >= limits.perClient()) {
            throw new Overload(Overload.Reason.CLIENT, retryAfter());
        }
        byClient.put(client, now + 1);
    }

    private void uncount(String client) {
        byClient.computeIfPresent(client, (name, now) -> now == 1 ? null : now - 1);
        notifyAll();
    }

    /** Returns how many seconds the recordings before a new one will take, by the moving average. */
    private long retryAfter() {
        double seconds = meanSeconds * Math.max(1, recordings) / limits.slots();
        return Math.max(1, Math.min(LONGEST_RETRY, (long) Math.ceil(seconds)));
    }

    /** Waits until it is this ticket's turn, which is that of the one that has waited longest. */
    synchronized void awaitSlot(Ticket ticket) throws Overload, InterruptedException {
        long end = System.nanoTime() + limits.deadline().toNanos();
        waiting.add(ticket);
        try {
            while (waiting.peek() != ticket || running >= open()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new Overload(Overload.Reason.LATE, retryAfter());
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            running++;
        } finally {
            waiting.remove(ticket);
            notifyAll();
        }
    }

    /**
     * Lets live streams have the slot of a running recording, which calls this between two of its windows. If streams
     * have come since it began and want its slot, it waits until a slot is free again, ahead of recordings that have
     * yet to begin.
     */
    synchronized void giveWay(Ticket ticket) throws InterruptedException {
        if (running <= open()) {
            return;
        }
        running--;
        waiting.addFirst(ticket);
        notifyAll();
        try {
            while (waiting.peek() != ticket || running >= open()) {
                wait();
            }
        } finally {
            running++; // counted also after an interrupt, because closing the ticket subtracts it again
            waiting.remove(ticket);
            notifyAll();
        }
    }

    /**
     * Returns the number of slots for recordings. As long as there are streams, one slot fewer is open, whose processor
     * is left to them.
     */
    private int open() {
        return streams > 0 ? Math.max(1, limits.slots() - 1) : limits.slots();
    }

    synchronized void leave(String client, double secondsInSlot) {
        recordings--;
        if (secondsInSlot >= 0) {
            running--;
            meanSeconds += NEWEST * (secondsInSlot - meanSeconds);
        }
        uncount(client);
    }

    synchronized void leaveLive(String client) {
        streams--;
        uncount(client);
    }

    /** Returns the number of recordings that are uploaded, wait or run. */
    public synchronized int recordings() {
        return recordings;
    }

    /** Returns the number of recordings that run. */
    public synchronized int running() {
        return running;
    }

    public synchronized int streams() {
        return streams;
    }

    public synchronized boolean isStopping() {
        return stopping;
    }

    /** Refuses all requests from now on. */
    public synchronized void stop() {
        stopping = true;
    }

    /**
     * Waits until all recordings are done, but no longer than a limit.
     *
     * @return how many recordings are left
     */
    public synchronized int awaitRecordings(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        long left = limit.toNanos();
        while (recordings > 0 && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        return recordings;
    }
}
