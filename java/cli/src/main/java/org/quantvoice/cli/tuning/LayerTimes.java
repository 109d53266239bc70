package org.quantvoice.cli.tuning;

import java.util.HashMap;
import java.util.Map;
import org.quantvoice.cli.terminal.Noise;
import org.quantvoice.internal.exec.PlanListing;
import org.quantvoice.internal.exec.Profiled;

/** The times that the steps of each module take before and after quantization. */
public final class LayerTimes {
    private static final int REPEATS = 5;
    private static final int SAMPLES = 160_000;

    private final Map<String, Long> before;
    private final Map<String, Long> after;

    private LayerTimes(Map<String, Long> before, Map<String, Long> after) {
        this.before = before;
        this.after = after;
    }

    /** Runs both on the same noise. */
    public static LayerTimes of(Profiled before, Profiled after) {
        return new LayerTimes(measure(before), measure(after));
    }

    private static Map<String, Long> measure(Profiled model) {
        Map<String, Long> nanos = new HashMap<>();
        for (PlanListing part : model.profiles(Noise.of(SAMPLES), REPEATS).values()) {
            for (PlanListing.Step step : part.steps()) {
                int at = step.source().indexOf('#');
                nanos.merge(step.source().substring(at + 1).strip(), step.nanos(), Long::sum);
            }
        }
        return nanos;
    }

    /** Returns the nanoseconds of all steps of a module, 0 for a module that runs as part of another. */
    long before(String path) {
        return before.getOrDefault(path, 0L);
    }

    long after(String path) {
        return after.getOrDefault(path, 0L);
    }
}
