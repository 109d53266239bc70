package org.quantvoice.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LmUnit;

/** The options of transcription on a cluster. Immutable; executors get them as a {@link Recipe}. */
public final class SpeechOptions implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final double USUAL_PART = 1800;
    private static final double SHORTEST_PART = 60;

    final String model;
    final @Nullable String vocabulary;
    final @Nullable String languageModel;
    final @Nullable LmUnit lmUnit;
    final @Nullable Double alpha;
    final @Nullable Double beta;
    final @Nullable String lexicon;
    final List<String> hotwords;
    final double hotwordWeight;
    final int beamWidth;
    final boolean greedy;
    final String channels;
    final double partSeconds;
    final boolean distribute;

    private SpeechOptions(Builder from) {
        model = from.model;
        vocabulary = from.vocabulary;
        languageModel = from.languageModel;
        lmUnit = from.lmUnit;
        alpha = from.alpha;
        beta = from.beta;
        lexicon = from.lexicon;
        hotwords = from.hotwords;
        hotwordWeight = from.hotwordWeight;
        beamWidth = from.beamWidth;
        greedy = from.greedy;
        channels = from.channels;
        partSeconds = from.partSeconds;
        distribute = from.distribute;
    }

    /**
     * Returns the defaults: the embedded model {@code digits}, prefix beam search of width 100, the mean of all
     * channels.
     */
    public static SpeechOptions defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns the longest stretch of a recording that one task transcribes, in seconds. */
    public double partSeconds() {
        return partSeconds;
    }

    /** Collects options, all of which have a default. */
    public static final class Builder {
        private String model = "digits";
        private @Nullable String vocabulary;
        private @Nullable String languageModel;
        private @Nullable LmUnit lmUnit;
        private @Nullable Double alpha;
        private @Nullable Double beta;
        private @Nullable String lexicon;
        private List<String> hotwords = List.of();
        private double hotwordWeight = Hotwords.DEFAULT_WEIGHT;
        private int beamWidth = 100;
        private boolean greedy;
        private String channels = Recipe.MIX;
        private double partSeconds = USUAL_PART;
        private boolean distribute = true;

        private Builder() {}

        /**
         * Sets the name of an embedded model, which executors have in a jar, or the path of a model. This and all other
         * paths here are of the driver or of any file system that Hadoop knows.
         */
        public Builder model(String nameOrPath) {
            model = Objects.requireNonNull(nameOrPath, "model");
            return this;
        }

        /** Sets the token list of the model. Default: the one beside the model or in it. */
        public Builder vocabulary(@Nullable String path) {
            vocabulary = path;
            return this;
        }

        /** Sets a language model, ARPA or KenLM. Default: none. */
        public Builder languageModel(@Nullable String path) {
            languageModel = path;
            return this;
        }

        /** Sets the unit of the language model. Default: as {@link org.quantvoice.lm.LmOptions}. */
        public Builder lmUnit(@Nullable LmUnit unit) {
            lmUnit = unit;
            return this;
        }

        /** Sets the weight of the language model. Default: as {@link org.quantvoice.lm.LmOptions}. */
        public Builder alpha(@Nullable Double weight) {
            alpha = weight;
            return this;
        }

        /** Sets the bonus for each word beside a language model. Default: as {@link org.quantvoice.lm.LmOptions}. */
        public Builder beta(@Nullable Double bonus) {
            beta = bonus;
            return this;
        }

        /** Sets a list of the only words that may be recognised. Default: none. */
        public Builder lexicon(@Nullable String path) {
            lexicon = path;
            return this;
        }

        /** Sets phrases to prefer. */
        public Builder hotwords(List<String> phrases, double weight) {
            hotwords = List.copyOf(phrases);
            hotwordWeight = weight;
            return this;
        }

        /** Sets the width of the prefix beam search, 1 or more. */
        public Builder beamWidth(int width) {
            beamWidth = width;
            return this;
        }

        /** Sets whether the decoder takes the most probable token of each frame instead of a search. */
        public Builder greedy(boolean on) {
            greedy = on;
            return this;
        }

        /** Sets the channels: {@code mix}, {@code split}, or the number of one channel. */
        public Builder channels(String chosen) {
            channels = chosen;
            return this;
        }

        /** Sets the longest stretch of a recording that one task transcribes: 60 seconds or more, 1800 by default. */
        public Builder partSeconds(double seconds) {
            partSeconds = seconds;
            return this;
        }

        /**
         * Sets whether Spark sends the model and all other files to the executors (the default). Otherwise executors
         * read them at the same paths as the driver, on a shared disk or in an image. Their hashes are compared in both
         * cases. Nothing is sent if executors are threads of the driver's JVM.
         */
        public Builder distribute(boolean on) {
            distribute = on;
            return this;
        }

        /**
         * Makes the options. @throws org.quantvoice.error.QuantVoiceException if options contradict each other or are
         * out of their ranges
         */
        public SpeechOptions build() {
            boolean search = languageModel != null || lexicon != null || !hotwords.isEmpty();
            if (greedy && search) {
                throw new DecoderException(
                        "greedy decoding with a language model, a lexicon or hotwords",
                        "one or the other",
                        "leave greedy out");
            }
            if (languageModel == null && (alpha != null || beta != null || lmUnit != null)) {
                throw new DecoderException("weights of a language model", "a language model with them", "name one");
            }
            if (beamWidth < 1) {
                throw new DecoderException("a beam of width " + beamWidth, "1 or more", "correct the width");
            }
            if (!(partSeconds >= SHORTEST_PART && partSeconds < Double.POSITIVE_INFINITY)) {
                throw new DecoderException(
                        "parts of " + partSeconds + " s", SHORTEST_PART + " s or more", "correct the length of parts");
            }
            Recipe.channels(channels);
            return new SpeechOptions(this);
        }
    }
}
