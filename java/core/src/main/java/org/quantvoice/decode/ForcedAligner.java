package org.quantvoice.decode;

import java.util.Arrays;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.TokenLog;

/**
 * Finds where a known text was said: the best path of its labelling,
 * <pre>
 * score(y) = log max over all paths pi that collapse to y: product over t of p(pi_t | t)
 * </pre>
 * (Viterbi). Needs one byte a frame and state. Immutable.
 */
public final class ForcedAligner {
    private final Vocabulary vocabulary;
    private final Transcripts transcripts;

    private ForcedAligner(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        transcripts = new Transcripts(new WordSplitter(vocabulary, null));
    }

    public static ForcedAligner with(Vocabulary vocabulary) {
        return new ForcedAligner(vocabulary);
    }

    /**
     * @param text words, separated by white space, in the letters of the vocabulary
     * @throws DecoderException if the vocabulary cannot spell the text, or as {@link #align(LogProbs, int...)}
     */
    public Hypothesis align(LogProbs input, String text) {
        return align(input, Spelling.ofText(text, vocabulary));
    }

    /**
     * @param labelling tokens without blanks
     * @return words and tokens with their frames; the score is that of the best path
     * @throws DecoderException if the labelling cannot be said in these frames, if the matrix does not fit the vocabulary or
     *     holds a NaN or positive infinity, or if the labelling holds the blank or no token
     */
    public Hypothesis align(LogProbs input, int... labelling) {
        int[] states = CtcStates.of(labelling, vocabulary);
        CtcStates.check(input, vocabulary);
        byte[][] steps = new byte[input.frames()][];
        double[] last = viterbi(input, states, steps);
        int end = states.length - 1;
        int state = end > 0 && last[end - 1] > last[end] ? end - 1 : end;
        double score = input.frames() == 0 && labelling.length == 0 ? 0 : last[state];
        if (score == Double.NEGATIVE_INFINITY) {
            throw new DecoderException(
                    "a text of " + labelling.length + " tokens that cannot be said in " + input.frames() + " frames",
                    "at least a frame for each token, one more between equal tokens, and no impossible token",
                    "check that text and recording belong together");
        }
        return transcripts.hypothesis(spans(input, states, steps, state), score, 0, 0);
    }

    private double[] viterbi(LogProbs input, int[] states, byte[][] steps) {
        double[] now = new double[states.length];
        double[] next = new double[states.length];
        Arrays.fill(now, Double.NEGATIVE_INFINITY);
        for (int t = 0; t < input.frames(); t++) {
            steps[t] = new byte[states.length];
            int row = t * vocabulary.size();
            for (int s = 0; s < states.length; s++) {
                double best = t == 0 ? (s < 2 ? 0 : Double.NEGATIVE_INFINITY) : now[s];
                if (t > 0 && s >= 1 && now[s - 1] > best) {
                    best = now[s - 1];
                    steps[t][s] = 1;
                }
                if (t > 0 && CtcStates.mayJump(states, s) && now[s - 2] > best) {
                    best = now[s - 2];
                    steps[t][s] = 2;
                }
                next[s] = best + input.data()[row + states[s]];
            }
            double[] swap = now;
            now = next;
            next = swap;
        }
        return now;
    }

    private TokenLog spans(LogProbs input, int[] states, byte[][] steps, int lastState) {
        TokenLog log = new TokenLog();
        int state = lastState;
        int end = input.frames();
        double logProb = 0;
        for (int t = input.frames() - 1; t >= 0; t--) {
            logProb += input.at(t, states[state]);
            int before = t == 0 ? -1 : state - steps[t][state];
            if (before != state) {
                if (state % 2 == 1) {
                    log.add(states[state], TokenLog.NO_LABEL, t, end, logProb);
                }
                state = before;
                end = t;
                logProb = 0;
            }
        }
        log.reverse(0);
        return log;
    }
}
