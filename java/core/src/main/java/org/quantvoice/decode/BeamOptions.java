package org.quantvoice.decode;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.InputType;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/**
 * Settings of a {@link PrefixBeam}. All thresholds are natural logs.
 */
public final class BeamOptions {
    /** Decides when two token sequences are the same hypothesis. */
    public enum Labelling {
        /**
         * Sequences are the same if they spell the same text: delimiters at the beginning and repeated ones are
         * ignored, and so are different ways to build a word of pieces that end in the same piece.
         */
        WORDS,
        /** Sequences are the same if their tokens are. The score of a hypothesis is then log P(labelling). */
        TOKENS
    }

    /** Combines the probabilities of the paths that lead to one hypothesis. */
    public enum PathMerge {
        /** Takes the sum of their probabilities, which is the exact CTC score. */
        SUM,
        /** Takes the best probability. */
        MAX
    }

    private final int beamWidth;
    private final double tokenMinLogProb;
    private final double beamPruneLogProb;
    private final int topTokens;
    private final int nbest;
    private final boolean pruneHistory;
    private final InputType input;
    private final boolean normalise;
    private final double logProbFloor;
    private final PathMerge merge;
    private final Labelling labelling;
    private final double delimiterScore;
    private final @Nullable LmOptions lm;
    private final @Nullable Lexicon lexicon;
    private final Hotwords hotwords;
    private final int maxPendingFrames;

    private BeamOptions(
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
            @Nullable Lexicon lexicon,
            Hotwords hotwords,
            int maxPendingFrames) {
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
        this.beamWidth = beamWidth;
        this.tokenMinLogProb = tokenMinLogProb;
        this.beamPruneLogProb = beamPruneLogProb;
        this.topTokens = topTokens;
        this.nbest = nbest;
        this.pruneHistory = pruneHistory;
        this.input = input;
        this.normalise = normalise;
        this.logProbFloor = logProbFloor;
        this.merge = merge;
        this.labelling = labelling;
        this.delimiterScore = delimiterScore;
        this.lm = lm;
        this.lexicon = lexicon;
        this.hotwords = hotwords;
        this.maxPendingFrames = maxPendingFrames;
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new DecoderException(got, expected, "correct the options of the decoder");
        }
    }

    /** Returns the same settings with another number of results. */
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

    /** Returns a builder with the defaults: width 100, token threshold -5, beam threshold -10, one result. */
    public static Builder builder() {
        return new Builder();
    }

    public static BeamOptions defaults() {
        return builder().build();
    }

    /**
     * Returns a builder in which only the beam width prunes, so that the search is exact if the width is large
     * enough.
     */
    public static Builder unpruned() {
        return builder().tokenMinLogProb(Double.NEGATIVE_INFINITY).beamPruneLogProb(Double.NEGATIVE_INFINITY);
    }

    /** Returns the largest number of hypotheses kept after a frame, 1 or more. */
    public int beamWidth() {
        return beamWidth;
    }

    /**
     * Returns the log-prob below which tokens are not tried at a frame, except the most probable one; negative
     * infinity tries all.
     */
    public double tokenMinLogProb() {
        return tokenMinLogProb;
    }

    /**
     * Returns the distance from the best hypothesis below which hypotheses are dropped; negative infinity drops none.
     */
    public double beamPruneLogProb() {
        return beamPruneLogProb;
    }

    /**
     * Returns the number of the most probable tokens that may open a new token at a frame, 0 for all; repeats and
     * blanks are not counted.
     */
    public int topTokens() {
        return topTokens;
    }

    /** Returns the largest number of hypotheses returned, 1 or more. */
    public int nbest() {
        return nbest;
    }

    /**
     * Returns whether only the best is kept of the hypotheses that agree in everything that the language model can
     * still see.
     */
    public boolean pruneHistory() {
        return pruneHistory;
    }

    /** Returns the kind of numbers in the input. */
    public InputType input() {
        return input;
    }

    /** Returns whether each row is put through a log-softmax, whatever it holds. */
    public boolean normalise() {
        return normalise;
    }

    /** Returns the number to which lower log-probs are raised; negative infinity raises none. */
    public double logProbFloor() {
        return logProbFloor;
    }

    /** Returns whether a score sums over paths or takes the best path. */
    public PathMerge merge() {
        return merge;
    }

    /** Returns whether hypotheses are texts or token sequences. */
    public Labelling labelling() {
        return labelling;
    }

    /** Returns the score added for each frame that emits the delimiter. */
    public double delimiterScore() {
        return delimiterScore;
    }

    /** Returns the language model, or null. */
    public @Nullable LmOptions lm() {
        return lm;
    }

    /** Returns the only words that may be recognised, or null. */
    public @Nullable Lexicon lexicon() {
        return lexicon;
    }

    /** Returns the words and phrases to prefer; there may be none. */
    public Hotwords hotwords() {
        return hotwords;
    }

    /**
     * Returns the number of frames after which hypotheses that disagree with the best one about earlier frames are
     * dropped, so that memory stays bounded; this is checked every 256 frames.
     */
    public int maxPendingFrames() {
        return maxPendingFrames;
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
        private @Nullable Lexicon lexicon;
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

        public Builder lexicon(@Nullable Lexicon words) {
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
         * Builds the settings.
         *
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
