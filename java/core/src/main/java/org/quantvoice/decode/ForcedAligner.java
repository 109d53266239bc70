package org.quantvoice.decode;

import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.BestPath;
import org.quantvoice.internal.beam.CtcStates;
import org.quantvoice.internal.beam.Spelling;
import org.quantvoice.internal.beam.TokenLog;

/**
 * Aligns a known text with frames: finds the best path of its labelling,
 * <pre>
 * score(y) = log max over all paths pi that collapse to y: product over t of p(pi_t | t)
 * </pre>
 * (Viterbi). It needs up to 32 MB, and 60 bytes for each frame and token, so that recordings of hours can be aligned.
 * Immutable.
 */
public final class ForcedAligner {
    private static final int MOST_STEPS = 1 << 25;

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
     * Aligns a text.
     *
     * @param text words, separated by white space, in the letters of the vocabulary
     * @throws DecoderException if the vocabulary cannot spell the text, or as {@link #align(LogProbs, int...)}
     */
    public Hypothesis align(LogProbs input, String text) {
        return align(input, Spelling.ofText(text, vocabulary));
    }

    /**
     * Aligns a labelling.
     *
     * @return words and tokens with their frames; the score is that of the best path
     * @throws DecoderException if the labelling cannot be said in these frames, if the matrix does not fit the
     *     vocabulary or holds a NaN or positive infinity, or if the labelling holds the blank or no token
     */
    public Hypothesis align(LogProbs input, int... labelling) {
        int[] states = CtcStates.of(labelling, vocabulary);
        CtcStates.check(input, vocabulary);
        BestPath best = new BestPath(input, states, MOST_STEPS);
        double score = best.find();
        if (score == Double.NEGATIVE_INFINITY) {
            throw new DecoderException(
                    "a text of " + labelling.length + " tokens that cannot be said in " + input.frames() + " frames",
                    "at least a frame for each token, one more between equal tokens, and no impossible token",
                    "check that text and recording belong together");
        }
        return transcripts.hypothesis(spans(input, states, best.path()), score, 0, 0);
    }

    private static TokenLog spans(LogProbs input, int[] states, int[] path) {
        TokenLog log = new TokenLog();
        int end = path.length;
        double logProb = 0;
        for (int t = path.length - 1; t >= 0; t--) {
            int state = path[t];
            logProb += input.at(t, states[state]);
            if (t == 0 || path[t - 1] != state) {
                if (state % 2 == 1) {
                    log.add(states[state], TokenLog.NO_LABEL, t, end, logProb);
                }
                end = t;
                logProb = 0;
            }
        }
        log.reverse(0);
        return log;
    }
}
