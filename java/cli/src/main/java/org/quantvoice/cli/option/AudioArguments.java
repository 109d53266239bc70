package org.quantvoice.cli.option;

import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.AudioOptions;
import picocli.CommandLine.Option;

/** The options that say how recordings are read. */
public final class AudioArguments {
    @Option(
            names = "--strict",
            order = 50,
            description =
                    "Refuse a recording that breaks off or is damaged: no words of it are written. Default: the words"
                            + " up to there, and a warning.")
    private boolean strict;

    @Option(
            names = "--track",
            paramLabel = "N",
            order = 50,
            converter = RunOptions.Positive.class,
            description = "The audio track of a file with several, a video's for example (default: 1).")
    private @Nullable Integer track;

    public AudioOptions options() {
        return AudioOptions.DEFAULT.withStrict(strict).withTrack(track == null ? 1 : track);
    }

    /** Returns whether the user chose any. */
    public boolean any() {
        return strict || track != null;
    }
}
