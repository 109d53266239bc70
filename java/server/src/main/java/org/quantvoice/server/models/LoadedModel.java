package org.quantvoice.server.models;

import java.time.Instant;
import org.quantvoice.QuantSession;

/** A session and the number of leases on it. Safe for several threads. */
final class LoadedModel {
    private final HostedModel model;
    private final QuantSession session;
    private final long epochSecond = Instant.now().getEpochSecond();
    private int leases;
    private boolean retired;

    LoadedModel(HostedModel model) {
        this.model = model;
        session = model.open();
    }

    HostedModel model() {
        return model;
    }

    QuantSession session() {
        return session;
    }

    long epochSecond() {
        return epochSecond;
    }

    /** Adds a lease; returns false after {@link #retire()}. */
    synchronized boolean acquire() {
        if (retired) {
            return false;
        }
        leases++;
        return true;
    }

    void release() {
        synchronized (this) {
            leases--;
        }
        closeIfUnused();
    }

    /** Gives out no more leases. Retiring again does nothing. */
    void retire() {
        synchronized (this) {
            retired = true;
        }
        closeIfUnused();
    }

    private void closeIfUnused() {
        boolean unused;
        synchronized (this) {
            unused = retired && leases == 0;
        }
        if (unused && model.isLoaded()) {
            session.close();
        }
    }
}
