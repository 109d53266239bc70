package org.quantvoice.cli.option;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quantvoice.LongAudio;
import org.quantvoice.audio.VoiceActivity;
import picocli.CommandLine.Option;

/**
 * The options that say how long recordings are cut, and what finds speech in them. Closing the object closes the model
 * of voice activity, if one was chosen.
 */
public final class LongAudioArguments implements AutoCloseable {
    @Option(
            names = "--window",
            paramLabel = "S",
            order = 53,
            description =
                    "Long recordings: seconds of the windows in which they are recognised (default: as the token list"
                            + " says, else 15).")
    private @Nullable Double window;

    @Option(
            names = "--overlap",
            paramLabel = "S",
            order = 54,
            description = "Long recordings: seconds that windows share (default: 2).")
    private @Nullable Double overlap;

    @Option(
            names = "--fixed-windows",
            order = 55,
            description = "Long recordings: cut at equal distances, not at pauses.")
    private boolean fixed;

    @Option(
            names = "--whole-up-to",
            paramLabel = "S",
            order = 56,
            description = "Recognise recordings of up to so many seconds as a whole (default: as the token list"
                    + " says, else 30).")
    private @Nullable Double whole;

    @Option(
            names = "--vad",
            paramLabel = "FILE",
            order = 56,
            description = "Long recordings: a model that finds speech, in the form of Silero's, as ONNX or TorchScript"
                    + " (default: by energy).")
    private @Nullable Path vad;

    private @Nullable VoiceActivity opened;

    /** Returns the options. A model of voice activity is opened once and stays open until {@link #close}. */
    public LongAudio longAudio() {
        LongAudio.Builder builder = LongAudio.builder().cutAtPauses(!fixed);
        if (window != null) {
            builder.window(window);
        }
        if (overlap != null) {
            builder.overlap(overlap);
        }
        if (whole != null) {
            builder.wholeUpTo(whole);
        }
        if (vad != null) {
            opened = opened == null ? VoiceActivity.model(vad) : opened;
            builder.voiceActivity(opened);
        }
        return builder.build();
    }

    /** Returns whether the user chose any. */
    public boolean any() {
        return window != null || overlap != null || fixed || whole != null || vad != null;
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}
