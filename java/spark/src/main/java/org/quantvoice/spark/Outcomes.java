package org.quantvoice.spark;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.util.AccumulatorV2;
import org.jspecify.annotations.Nullable;

/** Collects the outcome of each recording of a wave by its path, so that a task that Spark repeats counts once. */
final class Outcomes extends AccumulatorV2<Outcomes.Outcome, Map<String, Outcomes.Outcome>> {
    private static final long serialVersionUID = 1L;

    /**
     * The outcome of one recording.
     *
     * @param error why it failed; null if it was transcribed
     */
    record Outcome(String path, double audioSeconds, @Nullable Failure error) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    private final HashMap<String, Outcome> all = new HashMap<>();

    static Outcome of(HeardRecording r) {
        return new Outcome(r.path(), r.audioSeconds(), r.error());
    }

    @Override
    public boolean isZero() {
        return all.isEmpty();
    }

    @Override
    public Outcomes copy() {
        Outcomes copy = new Outcomes();
        copy.all.putAll(all);
        return copy;
    }

    @Override
    public void reset() {
        all.clear();
    }

    @Override
    public void add(Outcome outcome) {
        all.put(outcome.path(), outcome);
    }

    @Override
    public void merge(AccumulatorV2<Outcome, Map<String, Outcome>> other) {
        all.putAll(other.value());
    }

    @Override
    public Map<String, Outcome> value() {
        return all;
    }
}
