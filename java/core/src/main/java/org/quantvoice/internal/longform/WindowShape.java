package org.quantvoice.internal.longform;

/**
 * How a model's windows lie on a long recording, in frames of the model unless said.
 *
 * @param hop samples from one frame to the next
 * @param tail samples that the last frame of a window needs beyond its hop
 * @param shortest samples of the model's shortest input
 * @param window frames of the longest window
 * @param overlap frames that neighbours share
 * @param cutAtPauses whether windows meet where the sound is lowest; else all are equally long
 * @param lead frames of silence in front of speech that a window behind a gap begins with
 */
public record WindowShape(int hop, int tail, int shortest, int window, int overlap, boolean cutAtPauses, int lead) {
    public WindowShape {
        if (hop < 1 || tail < 0 || overlap < 0 || window <= 2 * overlap || lead < 0) {
            throw new IllegalArgumentException("windows of " + window + " frames that share " + overlap);
        }
    }

    /** Frames of context that a window has on either side of what is kept of it. */
    int context() {
        return overlap / 2;
    }

    /** The most frames that are kept of a window. */
    int kept() {
        return window - overlap;
    }

    /** How many frames a recording has. */
    long frames(long samples) {
        long rest = samples - Math.max(tail + hop, shortest);
        return rest < 0 ? 0 : (samples - tail) / hop;
    }
}
