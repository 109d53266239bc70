package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.quantvoice.error.DecoderException;

/**
 * Orders an n-best list anew by another model, such as an attention decoder:
 * {@code score = weight * other(h) + (1 - weight) * score(h)}.
 */
public final class NbestRescorer {
    private final ToDoubleFunction<Hypothesis> other;
    private final double weight;

    /**
     * @param other the other model's log-probability of a hypothesis
     * @param weight its share, 0 to 1
     */
    public NbestRescorer(ToDoubleFunction<Hypothesis> other, double weight) {
        if (!(weight >= 0 && weight <= 1)) {
            throw new DecoderException("a rescoring weight of " + weight, "0 to 1", "0.5 is usual");
        }
        this.other = other;
        this.weight = weight;
    }

    /** The hypotheses with their new scores, best first; equal ones keep their order. */
    public List<Hypothesis> rescore(List<Hypothesis> nbest) {
        List<Hypothesis> scored = new ArrayList<>(nbest.size());
        for (Hypothesis one : nbest) {
            double score = other.applyAsDouble(one);
            if (Double.isNaN(score)) {
                throw new DecoderException(
                        "a rescorer that says NaN for '" + one.text() + "'", "a log-probability", "check the callback");
            }
            scored.add(one.withScore(weight * score + (1 - weight) * one.score()));
        }
        scored.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        return scored;
    }
}
