package org.quantvoice.audio;

import java.nio.file.Path;

/**
 * Opens models of voice activity of some format; found by {@link java.util.ServiceLoader}. Instances have no state and may be
 * shared by threads.
 */
public interface VoiceActivityReader {

    /** Whether this reads such a file at all, judged by its first bytes; does not promise that the file is sound. */
    boolean reads(Path model);

    /**
     * Opens a model and runs it once, so that what does not fit is refused here and not in the middle of a recording.
     *
     * @return to be closed
     * @throws org.quantvoice.error.QuantVoiceException if the file is damaged, or no model of this kind
     */
    VoiceActivity read(Path model);
}
