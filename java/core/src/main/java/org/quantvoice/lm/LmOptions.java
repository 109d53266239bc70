package org.quantvoice.lm;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.DecoderException;

/**
 * A language model and its share in the score. A word w after the words h adds
 * <pre>
 * alpha * L * (log10 p(w | h) + (w is unknown ? unknownOffset : 0)) + beta,   L = ln 10, or 1 if log10
 * </pre>
 * A word is unknown if the model lacks it or if it is not among the {@code unigrams}. An unfinished word that no unigram
 * begins with is ranked lower by {@code unknownOffset}, times its length / 6 beyond 6 characters; this is not weighted and
 * not part of a final score.
 */
public final class LmOptions {
    private static final double LN10 = Math.log(10);

    private final LanguageModel model;
    private final LmUnit unit;
    private final double alpha;
    private final double beta;
    private final double unknownOffset;
    private final boolean scoreBoundary;
    private final @Nullable List<String> unigrams;
    private final boolean log10;
    private final boolean emptyWordAtEnd;

    private LmOptions(
            LanguageModel model,
            LmUnit unit,
            double alpha,
            double beta,
            double unknownOffset,
            boolean scoreBoundary,
            @Nullable List<String> unigrams,
            boolean log10,
            boolean emptyWordAtEnd) {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(unit, "unit");
        unigrams = unigrams == null ? null : List.copyOf(unigrams);
        require(alpha >= 0 && Double.isFinite(alpha), "alpha " + alpha, "a finite number, 0 or more");
        require(Double.isFinite(beta), "beta " + beta, "a finite number");
        require(Double.isFinite(unknownOffset), "unknownOffset " + unknownOffset, "a finite number");
        this.model = model;
        this.unit = unit;
        this.alpha = alpha;
        this.beta = beta;
        this.unknownOffset = unknownOffset;
        this.scoreBoundary = scoreBoundary;
        this.unigrams = unigrams;
        this.log10 = log10;
        this.emptyWordAtEnd = emptyWordAtEnd;
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new DecoderException(got, expected, "correct the options of the language model");
        }
    }

    /** Returns the weighted score of a log10 score; 0 for a weight of 0, whatever the score. */
    public double weigh(double log10Score) {
        return alpha == 0 ? 0 : (log10 ? alpha : alpha * LN10) * log10Score;
    }

    /**
     * Returns a builder with the defaults: words, alpha 0.5, beta 1.5, unknown offset -10, boundaries scored, the
     * model's own words known.
     */
    public static Builder of(LanguageModel model) {
        return new Builder(model);
    }

    /** Returns the model, which the decoder does not close. */
    public LanguageModel model() {
        return model;
    }

    /** Returns whether the words of the model are words or tokens. */
    public LmUnit unit() {
        return unit;
    }

    /** Returns the weight, 0 or more. */
    public double alpha() {
        return alpha;
    }

    /** Returns the bonus for each word (or token). */
    public double beta() {
        return beta;
    }

    /** Returns the log10 score added for an unknown word, usually negative. */
    public double unknownOffset() {
        return unknownOffset;
    }

    /** Returns whether the context begins with {@code <s>} and {@code </s>} is scored at the end. */
    public boolean scoreBoundary() {
        return scoreBoundary;
    }

    /**
     * Returns the words that are known; null for all words of the model. If empty, only the model's own vocabulary
     * decides about whole words, and every unfinished word counts as unknown.
     */
    public @Nullable List<String> unigrams() {
        return unigrams;
    }

    /**
     * Returns whether {@code alpha} multiplies log10 scores, as in flashlight, and not natural ones, as in
     * pyctcdecode.
     */
    public boolean log10() {
        return log10;
    }

    /**
     * Returns whether, as in pyctcdecode, a text that ends with the delimiter is scored as if an unknown empty word
     * followed.
     */
    public boolean emptyWordAtEnd() {
        return emptyWordAtEnd;
    }

    /** Collects settings; every one has a default. */
    public static final class Builder {
        private final LanguageModel model;
        private LmUnit unit = LmUnit.WORD;
        private double alpha = 0.5;
        private double beta = 1.5;
        private double unknownOffset = -10;
        private boolean scoreBoundary = true;
        private @Nullable List<String> unigrams;
        private boolean log10;
        private boolean emptyWordAtEnd;

        private Builder(LanguageModel model) {
            this.model = model;
        }

        public Builder unit(LmUnit words) {
            unit = words;
            return this;
        }

        public Builder alpha(double weight) {
            alpha = weight;
            return this;
        }

        public Builder beta(double bonus) {
            beta = bonus;
            return this;
        }

        public Builder unknownOffset(double log) {
            unknownOffset = log;
            return this;
        }

        public Builder scoreBoundary(boolean score) {
            scoreBoundary = score;
            return this;
        }

        public Builder unigrams(@Nullable List<String> words) {
            unigrams = words;
            return this;
        }

        public Builder log10(boolean base10) {
            log10 = base10;
            return this;
        }

        public Builder emptyWordAtEnd(boolean habit) {
            emptyWordAtEnd = habit;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws DecoderException if a value is out of its range
         */
        public LmOptions build() {
            return new LmOptions(
                    model, unit, alpha, beta, unknownOffset, scoreBoundary, unigrams, log10, emptyWordAtEnd);
        }
    }
}
