package org.quantvoice.cli.speed;

import java.util.Arrays;
import org.quantvoice.engine.AcousticModel;

/** The times that one caller waits for runs of a model on audio of one length. */
public final class RunTimes {
    private static final int MOST_WARM_UP_RUNS = 10;
    private static final double WARM_UP_SECONDS = 2;

    private final double audioSeconds;
    private final double[] sorted;

    RunTimes(double audioSeconds, double[] seconds) {
        this.audioSeconds = audioSeconds;
        this.sorted = seconds.clone();
        Arrays.sort(sorted);
    }

    /**
     * Runs the model, after warm-up runs: 10, or fewer once they have taken 2 seconds.
     *
     * @param audioSeconds how long the samples are
     * @param runs measured runs, 1 or more
     */
    public static RunTimes measure(AcousticModel model, float[] samples, double audioSeconds, int runs) {
        double warm = 0;
        for (int i = 0; i < MOST_WARM_UP_RUNS && warm < WARM_UP_SECONDS; i++) {
            warm += time(model, samples);
        }
        double[] seconds = new double[runs];
        for (int i = 0; i < runs; i++) {
            seconds[i] = time(model, samples);
        }
        return new RunTimes(audioSeconds, seconds);
    }

    private static double time(AcousticModel model, float[] samples) {
        long start = System.nanoTime();
        model.run(samples);
        return (System.nanoTime() - start) / 1e9;
    }

    /** Returns the real-time factor of the fastest run: its seconds divided by those of the audio. */
    public double rtfMin() {
        return sorted[0] / audioSeconds;
    }

    /** Returns the real-time factor of the median run, or the mean of the two in the middle. */
    public double rtfMedian() {
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return median / audioSeconds;
    }
}
