package org.quantvoice.internal.features;

/** Computes Kaldi's filterbanks; without padding, the end of the samples completes no frame. */
final class KaldiFrames implements MelFrames {
    private final Fbank fbank;

    KaldiFrames(FrontEnd settings) {
        this.fbank = new Fbank(settings.sampleRate(), settings.bins());
    }

    @Override
    public float[] accept(float[] samples) {
        return fbank.accept(samples);
    }

    @Override
    public float[] finish() {
        return new float[0];
    }
}
