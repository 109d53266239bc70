package org.quantvoice.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Channels;
import org.quantvoice.RecordingOptions;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.cli.option.AudioArguments;
import org.quantvoice.cli.option.LongAudioArguments;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that select the part of a recording to transcribe, and how long recordings are cut. */
final class RecordingArguments {
    @Option(
            names = "--channels",
            paramLabel = "C",
            order = 50,
            converter = ChannelsOption.class,
            description = "mix (their mean), split (each by itself, words marked 1:, 2:), or the number of one"
                    + " (default: mix).")
    private Channels channels = Channels.mix();

    @Option(
            names = "--from",
            paramLabel = "TIME",
            order = 51,
            converter = Seconds.class,
            description = "Begin there: seconds, or [h:]mm:ss. Times stay those of the whole recording.")
    private @Nullable Double from;

    @Option(names = "--to", paramLabel = "TIME", order = 52, converter = Seconds.class, description = "End there.")
    private @Nullable Double to;

    @Mixin
    private AudioArguments audio = new AudioArguments();

    @Mixin
    private LongAudioArguments windows = new LongAudioArguments();

    AudioOptions audio() {
        return audio.options();
    }

    /** Returns whether the user chose how recordings are read. */
    boolean isReadingChosen() {
        return audio.any();
    }

    LongAudioArguments windows() {
        return windows;
    }

    /**
     * Returns the options of a recording.
     *
     * @param begin the second at which an earlier run ended; 0 if there was none
     */
    RecordingOptions options(double begin) {
        RecordingOptions.Builder builder =
                RecordingOptions.builder().channels(channels).from(Math.max(begin, from == null ? 0 : from));
        return (to == null ? builder : builder.to(to)).build();
    }

    /** Returns whether the user chose an option that has no effect on live streams. */
    boolean isChosen() {
        return from != null || to != null || windows.any() || !channels.equals(Channels.mix());
    }

    /** Reads {@code mix}, {@code split} or a number. */
    static final class ChannelsOption implements ITypeConverter<Channels> {
        @Override
        public Channels convert(String value) {
            String word = value.toLowerCase(Locale.ROOT);
            if (word.equals("mix")) {
                return Channels.mix();
            }
            if (word.equals("split")) {
                return Channels.split();
            }
            if (word.matches("[1-9][0-9]{0,3}")) {
                return Channels.only(Integer.parseInt(word));
            }
            throw new TypeConversionException("got '" + value + "'; expected mix, split or a number from 1 on");
        }
    }

    /** Reads {@code 90.5}, {@code 1:30.5} or {@code 1:00:30}. */
    static final class Seconds implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            if (!value.matches("(([0-9]{1,6}:)?[0-9]{1,2}:)?[0-9]{1,9}([.][0-9]{1,9})?")) {
                throw new TypeConversionException("got '" + value + "'; expected seconds, mm:ss or h:mm:ss");
            }
            double seconds = 0;
            for (String part : value.split(":")) {
                seconds = 60 * seconds + Double.parseDouble(part);
            }
            return seconds;
        }
    }

    /** Formats seconds as {@code 1:02:03.4}. */
    static String clock(double seconds) {
        long tenths = Math.round(seconds * 10);
        return String.format(
                Locale.ROOT, "%d:%02d:%02d.%d", tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60, tenths % 10);
    }
}
