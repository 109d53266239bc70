package org.quantvoice.decode;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.InputType;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/**
 * Settings of a {@link PrefixBeam}. All thresholds are natural logs.
 *
 * @param beamWidth most hypotheses kept after a frame, 1 or more
 * @param tokenMinLogProb tokens below this are not tried at a frame, the most probable one apart; negative infinity: all
 * @param beamPruneLogProb hypotheses further below the best one than this are dropped; negative infinity: none
 * @param topTokens only so many of the most probable tokens may open a new token at a frame, 0: any; repeats and blanks
 *     are not counted
 * @param nbest most hypotheses returned, 1 or more
 * @param pruneHistory keep only the best of the hypotheses that agree in all that the language model can still see
 * @param input what the numbers of the input are
 * @param normalise put each row through a log-softmax, whatever it is
 * @param logProbFloor log-probabilities below are raised to this; negative infinity: none
 * @param merge sum over paths, or the best path
 * @param labelling whether hypotheses are texts or token sequences
 * @param delimiterScore added for each frame that emits the delimiter
 * @param lm language model, or null
 * @param lexicon the only words that may be said, or null
 * @param hotwords words and phrases to prefer; may be empty
 * @param maxPendingFrames hypotheses that disagree with the best one about what lies further back are dropped, so that
 *     memory stays bounded; looked at every 256 frames
 */
public record BeamOptions(
        int beamWidth,
        double tokenMinLogProb,
        double beamPruneLogProb,
        int topTokens,
        int nbest,
        boolean pruneHistory,
        InputType input,
        boolean normalise,
        double logProbFloor,
        PathMerge merge,
        Labelling labelling,
        double delimiterScore,
        @Nullable LmOptions lm,
        @Nullable LexiconOptions lexicon,
        Hotwords hotwords,
        int maxPendingFrames) {
    /** When two token sequences are the same hypothesis. */
    public enum Labelling {
        /**
         * When they spell the same text: delimiters at the beginning and repeated ones vanish, and so do different ways to
         * build a word of pieces that end in the same piece.
         */
        WORDS,
        /** When they are the same tokens. The score of a hypothesis is then log P(labelling). */
        TOKENS
    }

    /** What a hypothesis is worth that several paths lead to. */
    public enum PathMerge {
        /** The sum of their probabilities: the exact CTC score. */
        SUM,
        /** The best of them. */
        MAX
    }

    public BeamOptions {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(merge, "merge");
        Objects.requireNonNull(labelling, "labelling");
        Objects.requireNonNull(hotwords, "hotwords");
        require(
                lexicon == null || lm == null || lm.unit() == LmUnit.WORD,
                "a lexicon with a language model over tokens",
                "one over words");
        require(beamWidth >= 1, "beam width " + beamWidth, "1 or more");
        require(nbest >= 1, "nbest " + nbest, "1 or more");
        require(topTokens >= 0, "topTokens " + topTokens, "0 (all) or more");
        require(maxPendingFrames >= 1, "maxPendingFrames " + maxPendingFrames, "1 or more");
        require(!Double.isNaN(tokenMinLogProb), "tokenMinLogProb NaN", "a log-probability");
        require(beamPruneLogProb <= 0, "beamPruneLogProb " + beamPruneLogProb, "0 or less");
        require(logProbFloor <= 0, "logProbFloor " + logProbFloor, "0 or less");
        require(Double.isFinite(delimiterScore), "delimiterScore " + delimiterScore, "a finite number");
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new DecoderException(got, expected, "correct the options of the decoder");
        }
    }

    /** The same search with another number of results. */
    BeamOptions withNbest(int hypotheses) {
        return new BeamOptions(
                beamWidth,
                tokenMinLogProb,
                beamPruneLogProb,
                topTokens,
                hypotheses,
                pruneHistory,
                input,
                normalise,
                logProbFloor,
                merge,
                labelling,
                delimiterScore,
                lm,
                lexicon,
                hotwords,
                maxPendingFrames);
    }

    /** The defaults: width 100, token threshold -5, beam threshold -10, one result. */
    public static Builder builder() {
        return new Builder();
    }

    public static BeamOptions defaults() {
        return builder().build();
    }

    /** The beam width alone prunes, so that the search is exact if the width is large enough. */
    public static Builder unpruned() {
        return builder().tokenMinLogProb(Double.NEGATIVE_INFINITY).beamPruneLogProb(Double.NEGATIVE_INFINITY);
    }

    /** Collects settings; every one has a default. */
    public static final class Builder {
        private int beamWidth = 100;
        private double tokenMinLogProb = -5;
        private double beamPruneLogProb = -10;
        private int topTokens;
        private int nbest = 1;
        private boolean pruneHistory;
        private InputType input = InputType.LOGPROB;
        private boolean normalise;
        private double logProbFloor = Double.NEGATIVE_INFINITY;
        private PathMerge merge = PathMerge.SUM;
        private Labelling labelling = Labelling.WORDS;
        private double delimiterScore;
        private @Nullable LmOptions lm;
        private @Nullable LexiconOptions lexicon;
        private Hotwords hotwords = Hotwords.none();
        private int maxPendingFrames = 3_000;

        private Builder() {}

        public Builder beamWidth(int width) {
            beamWidth = width;
            return this;
        }

        public Builder tokenMinLogProb(double logProb) {
            tokenMinLogProb = logProb;
            return this;
        }

        public Builder beamPruneLogProb(double logProb) {
            beamPruneLogProb = logProb;
            return this;
        }

        public Builder topTokens(int tokens) {
            topTokens = tokens;
            return this;
        }

        public Builder nbest(int hypotheses) {
            nbest = hypotheses;
            return this;
        }

        public Builder pruneHistory(boolean prune) {
            pruneHistory = prune;
            return this;
        }

        public Builder input(InputType type) {
            input = type;
            return this;
        }

        public Builder normalise(boolean rows) {
            normalise = rows;
            return this;
        }

        public Builder logProbFloor(double logProb) {
            logProbFloor = logProb;
            return this;
        }

        public Builder merge(PathMerge paths) {
            merge = paths;
            return this;
        }

        public Builder labelling(Labelling hypotheses) {
            labelling = hypotheses;
            return this;
        }

        public Builder delimiterScore(double score) {
            delimiterScore = score;
            return this;
        }

        public Builder lm(@Nullable LmOptions languageModel) {
            lm = languageModel;
            return this;
        }

        public Builder lexicon(@Nullable LexiconOptions words) {
            lexicon = words;
            return this;
        }

        public Builder hotwords(Hotwords phrases) {
            hotwords = phrases;
            return this;
        }

        public Builder maxPendingFrames(int frames) {
            maxPendingFrames = frames;
            return this;
        }

        /**
         * @throws DecoderException if a value is out of its range
         */
        public BeamOptions build() {
            return new BeamOptions(
                    beamWidth,
                    tokenMinLogProb,
                    beamPruneLogProb,
                    topTokens,
                    nbest,
                    pruneHistory,
                    input,
                    normalise,
                    logProbFloor,
                    merge,
                    labelling,
                    delimiterScore,
                    lm,
                    lexicon,
                    hotwords,
                    maxPendingFrames);
        }
    }
}
