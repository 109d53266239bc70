package org.quantvoice.server.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a server by name. Requests hold a lease; a model that was loaded again serves from the next lease on,
 * and the old session is closed when its last lease ends. Safe for several threads.
 */
public final class ModelRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRegistry.class);

    private final Map<String, Slot> slots = new LinkedHashMap<>();

    private static final class Slot {
        private final HostedModel model;
        private volatile LoadedModel loaded;

        Slot(HostedModel model, LoadedModel loaded) {
            this.model = model;
            this.loaded = loaded;
        }
    }

    /**
     * Loads all models, in order.
     *
     * @param models the first one serves clients that name none
     * @throws org.quantvoice.error.QuantVoiceException if one cannot be loaded; those before it are closed
     */
    public ModelRegistry(List<HostedModel> models) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("got no model; expected at least one");
        }
        try {
            for (HostedModel model : models) {
                Slot before = slots.put(model.name(), new Slot(model, new LoadedModel(model)));
                if (before != null) {
                    before.loaded.retire();
                    throw new IllegalArgumentException("got two models named '" + model.name() + "'; expected one");
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns the name of the model for clients that name none. */
    public String usual() {
        return slots.keySet().iterator().next();
    }

    /** Returns when each model was loaded, in seconds since 1970, in the order in which the models were given. */
    public Map<String, Long> loadedAt() {
        Map<String, Long> times = new LinkedHashMap<>();
        slots.forEach((name, slot) -> times.put(name, slot.loaded.epochSecond()));
        return times;
    }

    /**
     * Returns a lease on the present session of a model, which the caller has to close, or empty if no model has the
     * name.
     */
    public Optional<ModelLease> lease(String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            return Optional.empty();
        }
        while (true) { // the loop ends, because a model is replaced before it is retired, unless the registry is closed
            LoadedModel loaded = slot.loaded;
            if (loaded.acquire()) {
                return Optional.of(new ModelLease(loaded));
            }
            if (loaded == slot.loaded) {
                throw new IllegalStateException("got a closed server; expected a running one");
            }
        }
    }

    /**
     * Loads every model that has a loader again, one after the other, while the old ones serve.
     *
     * @return the names that were loaded
     * @throws org.quantvoice.error.QuantVoiceException if one cannot be loaded: it and those after it stay as they were
     */
    public synchronized List<String> reload() {
        List<String> done = new ArrayList<>();
        for (Slot slot : slots.values()) {
            if (slot.model.isLoaded()) {
                LoadedModel old = slot.loaded;
                slot.loaded = new LoadedModel(slot.model);
                old.retire();
                done.add(slot.model.name());
                LOG.info("model {} was loaded anew", slot.model.name());
            }
        }
        return done;
    }

    /** Closes the sessions that the server has loaded, each when its last lease has ended. */
    @Override
    public synchronized void close() {
        slots.values().forEach(slot -> slot.loaded.retire());
    }
}
