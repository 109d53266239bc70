package org.quantvoice.internal.features;

/** Computes log-mel frames of a stream of samples, before the steps that need the whole utterance. */
interface MelFrames {

    /** Returns the frames that the next samples complete, {@code [frames, bins]}. */
    float[] accept(float[] samples);

    /** Returns the frames that the end of the samples completes. */
    float[] finish();
}
