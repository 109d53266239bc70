package org.quantvoice.server.load;

/**
 * The place of one recording: in the queue until its turn, then in a slot until the ticket is closed. An object is for
 * one thread.
 */
public final class Ticket implements AutoCloseable {
    private final Admission admission;
    private final String client;
    private boolean open = true;
    private long began = -1;

    Ticket(Admission admission, String client) {
        this.admission = admission;
        this.client = client;
    }

    /**
     * Waits for a slot.
     *
     * @throws Overload if none was free before the deadline
     */
    public void awaitTurn() throws Overload, InterruptedException {
        admission.awaitSlot(this);
        began = System.nanoTime();
    }

    /** Lets live streams have the slot if they want it. A running recording calls this between two of its windows. */
    public void giveWay() throws InterruptedException {
        admission.giveWay(this);
    }

    /** Gives the place back. Closing again does nothing. */
    @Override
    public void close() {
        if (open) {
            open = false;
            admission.leave(client, began < 0 ? -1 : (System.nanoTime() - began) / 1e9);
        }
    }
}
