package org.quantvoice.server.models;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.quantvoice.QuantSession;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.TranscriptStream;

/** A model in use: its session stays open until the lease is closed. Closing again does nothing. */
public final class ModelLease implements AutoCloseable {
    private final LoadedModel loaded;
    private final AtomicBoolean open = new AtomicBoolean(true);

    ModelLease(LoadedModel loaded) {
        this.loaded = loaded;
    }

    public String name() {
        return loaded.model().name();
    }

    public Optional<String> language() {
        return loaded.model().language();
    }

    public QuantSession session() {
        return loaded.session();
    }

    /**
     * Returns the session for a client who expects some phrases.
     *
     * @param phrases hotwords; may be none
     * @throws org.quantvoice.error.DecoderException if the model's letters cannot spell one of them, or its decoder takes none
     */
    public QuantSession session(List<String> phrases) {
        if (phrases.isEmpty()) {
            return session();
        }
        List<String> spelt = phrases.stream()
                .map(phrase -> Casing.of(session().vocabulary(), phrase))
                .toList();
        return session().withHotwords(Hotwords.of(spelt, Hotwords.DEFAULT_WEIGHT));
    }

    /** Opens a live stream over a session of {@link #session(List)}. */
    public TranscriptStream open(QuantSession session, UnaryOperator<EndpointRules> endpoints) {
        return loaded.model().streams().open(session, endpoints);
    }

    /** Returns the seconds from a sound to its words, without the time of computation. */
    public double latencySeconds() {
        return loaded.model().streams().latencySeconds(session());
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            loaded.release();
        }
    }
}
