package org.quantvoice.internal.live;

import org.quantvoice.engine.LogProbs;

/**
 * Encoder frames of one chunk. The arrays are not copied.
 *
 * @param encoder encoder output {@code [frames, width]} row-major; empty if the model has no second pass
 * @param width of the encoder output, 0 if there is none
 * @param logProbs CTC log-probabilities {@code [frames, vocabulary]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedFrames(float[] encoder, int width, LogProbs logProbs) {

    public EncodedFrames {
        if (encoder.length != logProbs.frames() * width) {
            throw new IllegalArgumentException(
                    encoder.length + " values for " + logProbs.frames() + " frames of width " + width);
        }
    }

    public int frames() {
        return logProbs.frames();
    }
}
