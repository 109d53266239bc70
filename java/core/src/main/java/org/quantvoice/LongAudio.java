package org.quantvoice;

import java.util.Objects;
import java.util.OptionalDouble;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;

/**
 * How long recordings are transcribed: cut into windows that overlap, of which the edges are thrown away, so that neither
 * memory nor time of a second of audio grow with the length. The windows' frames are joined, and one decoder runs over all of
 * them. What holds no speech is passed over. Immutable.
 *
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

    /** The same options; what was not chosen is as the model's token list says. */
    LongAudio with(CardLengths card) {
        return new LongAudio(chosen, card);
    }

    /**
     * Windows of 15 s that share 2 s, and recordings of up to 30 s as a whole, unless the model's token list ({@code
     * long_audio}) says otherwise; cut at pauses; speech found by energy.
     */
    public static LongAudio defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The defaults with windows of another length; see {@link Builder#window}. */
    public static Builder window(double seconds) {
        return builder().window(seconds);
    }

    /** Seconds of the longest window. */
    public double window() {
        return chosen.window.orElse(lengths.window().orElse(WINDOW));
    }

    /** Seconds that two neighbouring windows share. */
    public double overlap() {
        return chosen.overlap.orElse(Math.min(OVERLAP, window() / 4));
    }

    /** Whether windows meet where the sound is lowest. */
    public boolean cutAtPauses() {
        return chosen.cutAtPauses;
    }

    /** Seconds up to which a recording is recognised as a whole. */
    public double wholeUpTo() {
        return chosen.wholeUpTo.orElse(lengths.wholeUpTo().orElse(WHOLE_UP_TO));
    }

    /** What finds speech. */
    public VoiceActivity voiceActivity() {
        return chosen.voiceActivity;
    }

    /** Windows that are recognised at once. */
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
         * The longest window: 2 to 600 seconds. About as long as what the model was trained on; default: what its token list
         * says, else 15.
         */
        public Builder window(double seconds) {
            window = OptionalDouble.of(seconds);
            return this;
        }

        /**
         * What neighbours share: 0 seconds to a third of the window. Each throws away half of it; default 2, or a quarter of a
         * window of less than 8 s.
         */
        public Builder overlap(double seconds) {
            overlap = OptionalDouble.of(seconds);
            return this;
        }

        /** Whether windows meet where the sound is lowest, in the second half of the window; else all are equally long. */
        public Builder cutAtPauses(boolean on) {
            cutAtPauses = on;
            return this;
        }

        /** The longest recording that is recognised as a whole: 0 to 600 seconds; default as for windows, else 30. */
        public Builder wholeUpTo(double seconds) {
            wholeUpTo = OptionalDouble.of(seconds);
            return this;
        }

        /** What finds speech; default {@link VoiceActivity#byEnergy()}. */
        public Builder voiceActivity(VoiceActivity found) {
            voiceActivity = Objects.requireNonNull(found, "voiceActivity");
            return this;
        }

        /**
         * Windows that are recognised at once, 1 or more; default 1. The words do not depend on it; each takes the working
         * memory of a run.
         */
        public Builder parallel(int windows) {
            parallel = windows;
            return this;
        }

        /**
         * @throws AudioFormatException if an option is out of its range
         */
        public LongAudio build() {
            return new LongAudio(new Builder(this), CardLengths.UNKNOWN);
        }
    }
}
