package org.quantvoice;

import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.tasks.Cancellation;

/** Options that choose the parts of a recording to transcribe. Immutable. */
public final class RecordingOptions {
    private static final RecordingOptions DEFAULTS = builder().build();

    private final Channels channels;
    private final double from;
    private final double to;
    private final @Nullable RecordingPart part;
    private final Cancellation cancellation;

    private RecordingOptions(Builder builder) {
        channels = builder.channels;
        from = builder.from;
        to = builder.to;
        part = builder.part;
        cancellation = builder.cancellation;
    }

    /** Returns the defaults: the whole recording, and the mean of its channels. */
    public static RecordingOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Channels channels() {
        return channels;
    }

    /** Returns the second at which transcription begins. */
    public double from() {
        return from;
    }

    /** Returns the second at which transcription ends; infinity for the end of the recording. */
    public double to() {
        return to;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    Optional<RecordingPart> part() {
        return Optional.ofNullable(part);
    }

    /** Collects options; every one has a default. */
    public static final class Builder {
        private Channels channels = Channels.mix();
        private double from;
        private double to = Double.POSITIVE_INFINITY;
        private @Nullable RecordingPart part;
        private Cancellation cancellation = Cancellation.INTERRUPTS;

        private Builder() {}

        /** Chooses the channels. Default: {@link Channels#mix()}. */
        public Builder channels(Channels chosen) {
            channels = Objects.requireNonNull(chosen, "channels");
            return this;
        }

        /** Sets the second at which to begin, 0 or more; times still count from the start of the whole recording. */
        public Builder from(double seconds) {
            from = seconds;
            return this;
        }

        /** Sets the second at which to end, above {@link #from}; default: infinity. */
        public Builder to(double seconds) {
            to = seconds;
            return this;
        }

        /**
         * Chooses only the words of a part, as a run over the whole recording would find them, so that several
         * machines can transcribe parts of it. The model runs over the part and half a minute of speech before it;
         * the recording is read from its start to the end of the part. Borders lie at the first pauses after these
         * times: if the times of two parts meet, each word belongs to exactly one of them. (A search keeps hypotheses
         * that differ far back as long as they compete; where there are many, a search that began later may find
         * another word.) The result's length is the length that was read. This works for models without caches
         * ({@link QuantSession#streams}) whose vocabulary marks words ({@link
         * org.quantvoice.engine.Vocabulary#marksWords}), and not together with {@link #from} and {@link #to}.
         *
         * @param from seconds, 0 or more
         * @param to seconds, above {@code from}; infinity for the end
         * @throws AudioFormatException if the times are not in order
         */
        public Builder part(double from, double to) {
            part = new RecordingPart(from, to);
            return this;
        }

        /**
         * Ends the transcription with a {@link org.quantvoice.error.CancelledException} as soon as a condition holds, as an interrupt of
         * its thread does in any case. It is asked several times for each second of the recording, by all threads that hear recordings
         * with these options; the run of the model that is under way ends first. An {@code AtomicBoolean} serves: {@code
         * cancelWhen(stop::get)}.
         */
        public Builder cancelWhen(BooleanSupplier condition) {
            cancellation = Cancellation.when(condition);
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws AudioFormatException if the times are not in order, or if there are both times and a part
         */
        public RecordingOptions build() {
            if (!(from >= 0 && from < Double.POSITIVE_INFINITY && to > from)) {
                throw new AudioFormatException(
                        "a recording from " + from + " s to " + to + " s",
                        "0 or more, and an end behind the beginning",
                        "correct the times");
            }
            if (part != null && (from > 0 || to < Double.POSITIVE_INFINITY)) {
                throw new AudioFormatException(
                        "a part of a recording from " + from + " s to " + to + " s",
                        "a part of a whole recording",
                        "leave from and to out");
            }
            return new RecordingOptions(this);
        }
    }
}
