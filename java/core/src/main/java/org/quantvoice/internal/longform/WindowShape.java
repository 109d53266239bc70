package org.quantvoice.internal.longform;

/**
 * The layout of a model's windows on a long recording, in frames of the model where no other unit is named.
 *
 * @param hop samples from one frame to the next
 * @param tail samples that the last frame of a window needs beyond its hop
 * @param shortest samples of the model's shortest input
 * @param window frames of the longest window
 * @param overlap frames that neighbouring windows share
 * @param cutAtPauses whether windows meet where the sound is quietest; otherwise all are equally long
 * @param lead frames of silence before speech with which a window behind a gap begins
 */
public record WindowShape(int hop, int tail, int shortest, int window, int overlap, boolean cutAtPauses, int lead) {
    public WindowShape {
        if (hop < 1 || tail < 0 || overlap < 0 || window <= 2 * overlap || lead < 0) {
            throw new IllegalArgumentException("windows of " + window + " frames that share " + overlap);
        }
    }

    /** Returns the number of context frames that a window has on either side of its kept frames. */
    int context() {
        return overlap / 2;
    }

    /** Returns the largest number of frames that are kept of a window. */
    int kept() {
        return window - overlap;
    }

    /** Returns the number of frames of a recording. */
    long frames(long samples) {
        long rest = samples - Math.max(tail + hop, shortest);
        return rest < 0 ? 0 : (samples - tail) / hop;
    }
}
