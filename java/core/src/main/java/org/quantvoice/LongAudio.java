package org.quantvoice;

import java.util.Objects;
import java.util.OptionalDouble;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;

/**
 * Options for long recordings, which are divided into overlapping windows whose edges are dropped, so that neither
 * the memory nor the time for a second of audio grows with the length. The windows' frames are joined, and one
 * decoder runs over all of them. Parts without speech are skipped. Immutable.
 * <pre>{@code
 * QuantSession.builder().longAudio(LongAudio.window(15).overlap(2).cutAtPauses(true).build())
 * }</pre>
 */
public final class LongAudio {
    static final double LONGEST = 600;
    static final double SHORTEST_WINDOW = 2;
    private static final double WINDOW = 15;
    private static final double OVERLAP = 2;
    private static final double WHOLE_UP_TO = 30;
    private static final LongAudio DEFAULTS = builder().build();

    private final Builder chosen;
    private final CardLengths lengths;

    private LongAudio(Builder chosen, CardLengths lengths) {
        this.chosen = chosen;
        this.lengths = lengths;
        require("windows of", window(), SHORTEST_WINDOW, LONGEST);
        require("an overlap of", overlap(), 0, window() / 3);
        require("whole recordings of up to", wholeUpTo(), 0, LONGEST);
        if (parallel() < 1) {
            throw new AudioFormatException(
                    parallel() + " windows at once", "1 or more", "correct the options for long recordings");
        }
    }

    private static void require(String what, double seconds, double least, double most) {
        if (!(seconds >= least && seconds <= most)) {
            throw new AudioFormatException(
                    what + " " + seconds + " s",
                    least + " to " + most + " s",
                    "correct the options for long recordings");
        }
    }

    /** Returns the same options; options that were not chosen come from the model's token list. */
    LongAudio with(CardLengths card) {
        return new LongAudio(chosen, card);
    }

    /**
     * Returns the defaults: windows of 15 s that share 2 s, and recordings of up to 30 s as a whole, unless the
     * model's token list ({@code long_audio}) has other lengths; windows meet at pauses, and speech is found by
     * energy.
     */
    public static LongAudio defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with windows of another length; see {@link Builder#window}. */
    public static Builder window(double seconds) {
        return builder().window(seconds);
    }

    /** Returns the length of the longest window in seconds. */
    public double window() {
        return chosen.window.orElse(lengths.window().orElse(WINDOW));
    }

    /** Returns the number of seconds that two neighbouring windows share. */
    public double overlap() {
        return chosen.overlap.orElse(Math.min(OVERLAP, window() / 4));
    }

    /** Returns whether windows meet where the sound is quietest. */
    public boolean cutAtPauses() {
        return chosen.cutAtPauses;
    }

    /** Returns the length in seconds up to which a recording is recognised as a whole. */
    public double wholeUpTo() {
        return chosen.wholeUpTo.orElse(lengths.wholeUpTo().orElse(WHOLE_UP_TO));
    }

    /** Returns the detector of speech. */
    public VoiceActivity voiceActivity() {
        return chosen.voiceActivity;
    }

    /** Returns the number of windows that are recognised at the same time. */
    public int parallel() {
        return chosen.parallel;
    }

    /** Collects options; every one has a default. */
    public static final class Builder {
        private OptionalDouble window = OptionalDouble.empty();
        private OptionalDouble overlap = OptionalDouble.empty();
        private boolean cutAtPauses = true;
        private OptionalDouble wholeUpTo = OptionalDouble.empty();
        private VoiceActivity voiceActivity = VoiceActivity.byEnergy();
        private int parallel = 1;

        private Builder() {}

        private Builder(Builder from) {
            window = from.window;
            overlap = from.overlap;
            cutAtPauses = from.cutAtPauses;
            wholeUpTo = from.wholeUpTo;
            voiceActivity = from.voiceActivity;
            parallel = from.parallel;
        }

        /**
         * Sets the length of the longest window, 2 to 600 seconds. It should be about the length of the recordings on
         * which the model was trained; default: the length in the model's token list, else 15.
         */
        public Builder window(double seconds) {
            window = OptionalDouble.of(seconds);
            return this;
        }

        /**
         * Sets the length that neighbouring windows share, from 0 seconds to a third of the window. Each window drops
         * half of it; default 2, or a quarter of a window of less than 8 s.
         */
        public Builder overlap(double seconds) {
            overlap = OptionalDouble.of(seconds);
            return this;
        }

        /**
         * Sets whether windows meet where the sound is quietest, in the second half of the window; otherwise all are
         * equally long.
         */
        public Builder cutAtPauses(boolean on) {
            cutAtPauses = on;
            return this;
        }

        /**
         * Sets the length of the longest recording that is recognised as a whole, 0 to 600 seconds; default: the
         * length in the model's token list, else 30.
         */
        public Builder wholeUpTo(double seconds) {
            wholeUpTo = OptionalDouble.of(seconds);
            return this;
        }

        /** Sets the detector of speech; default {@link VoiceActivity#byEnergy()}. */
        public Builder voiceActivity(VoiceActivity found) {
            voiceActivity = Objects.requireNonNull(found, "voiceActivity");
            return this;
        }

        /**
         * Sets the number of windows that are recognised at the same time, 1 or more; default 1. The words do not
         * depend on it; each window takes the working memory of a run.
         */
        public Builder parallel(int windows) {
            parallel = windows;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws AudioFormatException if an option is out of its range
         */
        public LongAudio build() {
            return new LongAudio(new Builder(this), CardLengths.UNKNOWN);
        }
    }
}
