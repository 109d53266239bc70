package org.quantvoice.cli.option;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.SubtitleOptions;
import picocli.CommandLine.Option;

/** The options that say how subtitles look. */
public final class SubtitleArguments {
    private static final double SHORTEST = 1;
    private static final double LONGEST = 7;

    @Option(
            names = "--cue-lines",
            paramLabel = "N",
            order = 60,
            converter = RunOptions.Positive.class,
            description = "Subtitles: most lines of a cue (default: 2).")
    private @Nullable Integer lines;

    @Option(
            names = "--cue-columns",
            paramLabel = "N",
            order = 61,
            converter = RunOptions.Positive.class,
            description = "Subtitles: most columns of a line, 8 or more (default: 42).")
    private @Nullable Integer columns;

    @Option(
            names = "--cue-min",
            paramLabel = "S",
            order = 62,
            description = "Subtitles: least seconds of a cue, where speech leaves the room (default: 1).")
    private @Nullable Double shortest;

    @Option(
            names = "--cue-max",
            paramLabel = "S",
            order = 63,
            description = "Subtitles: most seconds of a cue (default: 7).")
    private @Nullable Double longest;

    @Option(
            names = "--cue-speed",
            paramLabel = "N",
            order = 64,
            description = "Subtitles: characters that people read a second (default: 20).")
    private @Nullable Double speed;

    @Option(
            names = "--cue-gap",
            paramLabel = "S",
            order = 65,
            description = "Subtitles: seconds between two cues (default: 0.08).")
    private @Nullable Double gap;

    @Option(names = "--word-times", order = 66, description = "WebVTT: say when each word begins.")
    private boolean wordTimes;

    public SubtitleOptions options() {
        SubtitleOptions.Builder builder = SubtitleOptions.builder().wordTimes(wordTimes);
        if (lines != null) {
            builder.lines(lines);
        }
        if (columns != null) {
            builder.columns(columns);
        }
        if (shortest != null || longest != null) {
            builder.seconds(shortest == null ? SHORTEST : shortest, longest == null ? LONGEST : longest);
        }
        if (speed != null) {
            builder.charactersPerSecond(speed);
        }
        if (gap != null) {
            builder.gap(gap);
        }
        return builder.build();
    }

    /** Returns whether the user chose any. */
    public boolean any() {
        return wordTimes
                || Stream.of(lines, columns, shortest, longest, speed, gap).anyMatch(o -> o != null);
    }

    /** Returns whether the user chose an option that SubRip has no form for. */
    public boolean onlyWebVtt() {
        return wordTimes;
    }
}
