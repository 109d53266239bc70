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
    private final FrameStream frames;
    private float[] features = new float[0];
    private int used;

    public FeatureStream(FrontEnd settings) {
        this.settings = settings;
        this.frames = new FrameStream(settings);
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
        int more = frames.ready(samples.length);
        reserve(frames.left(samples.length));
        frames.accept(samples, 0, samples.length, features, used);
        used += more * settings.bins();
    }

    /** Makes room for further frames. */
    private void reserve(int more) {
        int needed = Math.addExact(used, Math.multiplyExact(more, settings.bins()));
        if (needed > features.length) {
            features = Arrays.copyOf(features, (int) Math.max(needed, Math.min(2L * used, Integer.MAX_VALUE - 8)));
        }
    }

    /** Ends the utterance and returns its features, {@code [frames, size]} row-major. */
    public float[] finish() {
        int more = frames.left(0);
        reserve(more);
        frames.finish(features, used);
        used += more * settings.bins();
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

    /** Each bin over the utterance; a single frame has no spread. All bins of a frame are added before the next, as they lie. */
    private void normalize(int count, int bins) {
        double[] means = new double[bins];
        double[] scales = new double[bins];
        int values = count * bins;
        for (int at = 0; at < values; at += bins) {
            for (int bin = 0; bin < bins; bin++) {
                means[bin] += features[at + bin];
            }
        }
        for (int bin = 0; bin < bins; bin++) {
            means[bin] /= count;
        }
        for (int at = 0; at < values; at += bins) {
            for (int bin = 0; bin < bins; bin++) {
                double away = features[at + bin] - means[bin];
                scales[bin] += away * away;
            }
        }
        for (int bin = 0; bin < bins; bin++) {
            scales[bin] = 1 / spread(scales[bin] / Math.max(1, count - 1));
        }
        for (int at = 0; at < values; at += bins) {
            for (int bin = 0; bin < bins; bin++) {
                features[at + bin] = (float) ((features[at + bin] - means[bin]) * scales[bin]);
            }
        }
    }

    private double spread(double variance) {
        return settings.kind() == FrontEnd.Kind.NEMO
                ? Math.sqrt(variance) + NEMO_FLOOR
                : Math.sqrt(variance + KALDI_FLOOR);
    }
}
