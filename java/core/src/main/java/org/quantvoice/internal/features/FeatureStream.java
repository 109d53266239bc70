package org.quantvoice.internal.features;

import java.util.Arrays;

/**
 * Computes the features of one utterance: {@link #accept} takes its samples as they arrive, and {@link #finish}
 * returns {@code [frames, size]}. The features do not depend on how the samples are split into calls. For one thread,
 * and one utterance.
 */
public final class FeatureStream {
    private static final double KALDI_FLOOR = 1e-7;
    private static final double NEMO_FLOOR = 1e-5;
    /** Powers of ten between the loudest and the quietest value of Whisper's features. */
    private static final float WHISPER_RANGE = 8;

    private static final float WHISPER_SHIFT = 4;

    private final FrontEnd settings;
    private final MelFrames frames;
    private float[] features = new float[0];
    private int used;

    public FeatureStream(FrontEnd settings) {
        this.settings = settings;
        this.frames = switch (settings.kind()) {
            case KALDI -> new KaldiFrames(settings);
            case WHISPER -> new WhisperFrames(settings);
            default -> new CentredFrames(settings);
        };
    }

    /** Returns the features of a whole utterance. */
    public static float[] of(FrontEnd settings, float[] samples) {
        FeatureStream stream = new FeatureStream(settings);
        stream.accept(samples);
        return stream.finish();
    }

    /**
     * Takes the next samples, in [-1, 1].
     *
     * @throws org.quantvoice.error.AudioFormatException if one is not finite
     */
    public void accept(float[] samples) {
        append(frames.accept(samples));
    }

    private void append(float[] more) {
        if (used + more.length > features.length) {
            features = Arrays.copyOf(features, Math.max(Math.addExact(used, more.length), 2 * used));
        }
        System.arraycopy(more, 0, features, used, more.length);
        used += more.length;
    }

    /** Ends the utterance and returns its features, {@code [frames, size]} row-major. */
    public float[] finish() {
        append(frames.finish());
        int bins = settings.bins();
        int count = used / bins;
        if (settings.normalized()) {
            normalize(count, bins);
        }
        if (settings.kind() == FrontEnd.Kind.WHISPER) {
            raise();
        }
        int whole = count - count % settings.stack();
        return Arrays.copyOf(features, whole * bins);
    }

    /** Whisper's: what lies far below the loudest value of the utterance is raised, and all becomes about 1. */
    private void raise() {
        float top = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < used; i++) {
            top = Math.max(top, features[i]);
        }
        for (int i = 0; i < used; i++) {
            features[i] = (Math.max(features[i], top - WHISPER_RANGE) + WHISPER_SHIFT) / WHISPER_SHIFT;
        }
    }

    /** Each bin over the utterance; a single frame has no spread. */
    private void normalize(int count, int bins) {
        for (int bin = 0; bin < bins; bin++) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += features[i * bins + bin];
            }
            double mean = sum / count;
            double squares = 0;
            for (int i = 0; i < count; i++) {
                double away = features[i * bins + bin] - mean;
                squares += away * away;
            }
            double spread = spread(squares / Math.max(1, count - 1));
            for (int i = 0; i < count; i++) {
                features[i * bins + bin] = (float) ((features[i * bins + bin] - mean) / spread);
            }
        }
    }

    private double spread(double variance) {
        return settings.kind() == FrontEnd.Kind.NEMO
                ? Math.sqrt(variance) + NEMO_FLOOR
                : Math.sqrt(variance + KALDI_FLOOR);
    }
}
