package org.quantvoice.internal.exec;

import java.util.Map;

/** A model whose steps can be timed one by one. */
public interface Profiled {

    /**
     * Returns the steps of a run with their times.
     *
     * @param samples audio of a usual length, as for {@code run}; a streaming model takes it chunk by chunk
     * @param repeats number of runs; each step's shortest time counts
     * @return by part of the model, in the order in which they run
     */
    Map<String, PlanListing> profiles(float[] samples, int repeats);
}
