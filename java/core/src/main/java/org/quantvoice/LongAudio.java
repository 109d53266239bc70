package org.quantvoice;

import java.util.Objects;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;

/**
 * How long recordings are transcribed: cut into windows that overlap, of which the edges are thrown away, so that neither
 * memory nor time of a second of audio grow with the length. The windows' frames are joined, and one decoder runs over all of
 * them. What holds no speech is passed over. Models with caches (U2) go through their stream instead: for them only {@link
 * #wholeUpTo} counts. Immutable.
 *
 * <pre>{@code
 * QuantSession.builder().longAudio(LongAudio.window(15).overlap(2).cutAtPauses(true).build())
 * }</pre>
 */
public final class LongAudio {
    private static final double LONGEST = 600;
    private static final LongAudio DEFAULTS = builder().build();

    private final double window;
    private final double overlap;
    private final boolean cutAtPauses;
    private final double wholeUpTo;
    private final VoiceActivity voiceActivity;
    private final int parallel;

    private LongAudio(Builder from) {
        window = from.window;
        overlap = from.overlap();
        cutAtPauses = from.cutAtPauses;
        wholeUpTo = from.wholeUpTo;
        voiceActivity = from.voiceActivity;
        parallel = from.parallel;
    }

    /** Windows of 15 s that share 2 s, cut at pauses; recordings of up to 30 s as a whole; speech found by energy. */
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
        return window;
    }

    /** Seconds that two neighbouring windows share. */
    public double overlap() {
        return overlap;
    }

    /** Whether windows meet where the sound is lowest. */
    public boolean cutAtPauses() {
        return cutAtPauses;
    }

    /** Seconds up to which a recording is recognised as a whole. */
    public double wholeUpTo() {
        return wholeUpTo;
    }

    /** What finds speech. */
    public VoiceActivity voiceActivity() {
        return voiceActivity;
    }

    /** Windows that are recognised at once. */
    public int parallel() {
        return parallel;
    }

    /** Collects options; every one has a default. */
    public static final class Builder {
        private double window = 15;
        private double overlap = Double.NaN;
        private boolean cutAtPauses = true;
        private double wholeUpTo = 30;
        private VoiceActivity voiceActivity = VoiceActivity.byEnergy();
        private int parallel = 1;

        private Builder() {}

        /** The longest window: 2 to 600 seconds. About as long as what the model was trained on; default 15. */
        public Builder window(double seconds) {
            window = seconds;
            return this;
        }

        /**
         * What neighbours share: 0 seconds to a third of the window. Each throws away half of it; default 2, or a quarter of a
         * window of less than 8 s.
         */
        public Builder overlap(double seconds) {
            require("an overlap of", seconds, 0, LONGEST);
            overlap = seconds;
            return this;
        }

        /** Whether windows meet where the sound is lowest, in the second half of the window; else all are equally long. */
        public Builder cutAtPauses(boolean on) {
            cutAtPauses = on;
            return this;
        }

        /** The longest recording that is recognised as a whole: 0 to 600 seconds; default 30. */
        public Builder wholeUpTo(double seconds) {
            wholeUpTo = seconds;
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
            require("windows of", window, 2, LONGEST);
            require("an overlap of", overlap(), 0, window / 3);
            require("whole recordings of up to", wholeUpTo, 0, LONGEST);
            if (parallel < 1) {
                throw new AudioFormatException(
                        parallel + " windows at once", "1 or more", "correct the options for long recordings");
            }
            return new LongAudio(this);
        }

        private double overlap() {
            return Double.isNaN(overlap) ? Math.min(2, window / 4) : overlap;
        }

        private static void require(String what, double seconds, double least, double most) {
            if (!(seconds >= least && seconds <= most)) {
                throw new AudioFormatException(
                        what + " " + seconds + " s",
                        least + " to " + most + " s",
                        "correct the options for long recordings");
            }
        }
    }
}
