package org.quantvoice;

import java.util.Objects;
import org.quantvoice.error.AudioFormatException;

/** What of a recording is transcribed. Immutable. */
public final class RecordingOptions {
    private static final RecordingOptions DEFAULTS = builder().build();

    private final Channels channels;
    private final double from;
    private final double to;

    private RecordingOptions(Builder builder) {
        channels = builder.channels;
        from = builder.from;
        to = builder.to;
    }

    /** All of it, the mean of its channels. */
    public static RecordingOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Channels channels() {
        return channels;
    }

    /** The second at which to begin. */
    public double from() {
        return from;
    }

    /** The second at which to end; infinity: the end of the recording. */
    public double to() {
        return to;
    }

    /** Collects options; every one has a default. */
    public static final class Builder {
        private Channels channels = Channels.mix();
        private double from;
        private double to = Double.POSITIVE_INFINITY;

        private Builder() {}

        /** Default: {@link Channels#mix()}. */
        public Builder channels(Channels chosen) {
            channels = Objects.requireNonNull(chosen, "channels");
            return this;
        }

        /** The second at which to begin, 0 or more; times are still those of the whole recording. */
        public Builder from(double seconds) {
            from = seconds;
            return this;
        }

        /** The second at which to end, above {@link #from}; default: infinity. */
        public Builder to(double seconds) {
            to = seconds;
            return this;
        }

        /**
         * @throws AudioFormatException if the times are not in order
         */
        public RecordingOptions build() {
            if (!(from >= 0 && from < Double.POSITIVE_INFINITY && to > from)) {
                throw new AudioFormatException(
                        "a recording from " + from + " s to " + to + " s",
                        "0 or more, and an end behind the beginning",
                        "correct the times");
            }
            return new RecordingOptions(this);
        }
    }
}
