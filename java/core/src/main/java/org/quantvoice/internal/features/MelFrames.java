package org.quantvoice.internal.features;

/** Log-mel frames of a stream of samples, before anything that needs the whole utterance. */
interface MelFrames {

    /** The frames that the next samples complete, {@code [frames, bins]}. */
    float[] accept(float[] samples);

    /** The frames that the end of the samples completes. */
    float[] finish();
}
