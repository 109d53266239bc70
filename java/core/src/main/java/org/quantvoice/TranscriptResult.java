package org.quantvoice;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantVoiceException;

/**
 * The result of one recording of many: its transcript, or the error that a single {@link
 * QuantSession#transcribe(Path)} would have thrown.
 *
 * @param file the path that the caller passed
 * @param transcriptOrNull the transcript; null if the recording failed
 * @param errorOrNull the error; null if the recording did not fail
 */
public record TranscriptResult(
        Path file, @Nullable Transcript transcriptOrNull, @Nullable QuantVoiceException errorOrNull) {

    public TranscriptResult {
        Objects.requireNonNull(file);
        if ((transcriptOrNull == null) == (errorOrNull == null)) {
            throw new IllegalArgumentException(
                    "got a result of " + file + " with both or neither of transcript and error");
        }
    }

    public boolean failed() {
        return errorOrNull != null;
    }

    /**
     * Returns the transcript.
     *
     * @throws QuantVoiceException if the recording failed
     */
    public Transcript transcript() {
        if (errorOrNull != null) {
            throw errorOrNull;
        }
        return Objects.requireNonNull(transcriptOrNull);
    }
}
