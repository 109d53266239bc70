package org.quantvoice.internal.beam;

import java.util.Arrays;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;

/**
 * Computes the exact probability of a labelling:
 * <pre>
 * score(y) = log sum over all paths pi that collapse to y: product over t of p(pi_t | t)
 * </pre> by the forward recursion of Graves et al., 2006, in double precision. Immutable.
 */
public final class ForwardScorer {
    private final Vocabulary vocabulary;

    private ForwardScorer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    public static ForwardScorer with(Vocabulary vocabulary) {
        return new ForwardScorer(vocabulary);
    }

    /**
     * Scores a labelling.
     *
     * @return log P(labelling), negative infinity if it is impossible
     * @throws org.quantvoice.error.DecoderException if the matrix does not fit the vocabulary or holds a NaN or
     *     positive infinity, or if the labelling holds the blank or no token
     */
    public double score(LogProbs input, int... labelling) {
        int[] states = CtcStates.of(labelling, vocabulary);
        CtcStates.check(input, vocabulary);
        double[] now = new double[states.length];
        double[] next = new double[states.length];
        Arrays.fill(now, Double.NEGATIVE_INFINITY);
        // Before the first frame a path is one step to the left of the first two states.
        boolean first = true;
        for (int t = 0; t < input.frames(); t++) {
            int row = t * vocabulary.size();
            for (int s = 0; s < states.length; s++) {
                double paths = first ? (s < 2 ? 0 : Double.NEGATIVE_INFINITY) : arriving(now, states, s);
                next[s] = paths + input.data()[row + states[s]];
            }
            first = false;
            double[] swap = now;
            now = next;
            next = swap;
        }
        if (first) {
            return labelling.length == 0 ? 0 : Double.NEGATIVE_INFINITY;
        }
        int last = states.length - 1;
        return last == 0 ? now[0] : LogMath.add(now[last], now[last - 1]);
    }

    private static double arriving(double[] now, int[] states, int s) {
        double paths = now[s];
        if (s >= 1) {
            paths = LogMath.add(paths, now[s - 1]);
        }
        return CtcStates.mayJump(states, s) ? LogMath.add(paths, now[s - 2]) : paths;
    }
}
