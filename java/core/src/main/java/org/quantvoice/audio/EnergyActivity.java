package org.quantvoice.audio;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Speech rises and falls; silence, a hum and noise stay where they are. A step of 20 ms is taken for speech when the energy
 * around it (0.1 s, its mean taken out) lies at least 6 dB above the least such energy of the last 10 s, which is not known in
 * the first half second, and above -80 dB of full scale: 16 bits end at -98 dB.
 */
final class EnergyActivity implements VoiceActivity.Detector {
    private static final double STEP_SECONDS = 0.02;
    private static final int SMOOTHED = 5;
    private static final int MEMORY = 500;
    private static final int UNKNOWN = 25;
    private static final double RISE = Math.pow(10, 0.6);
    private static final double LEAST = 1e-8;

    /** The energy at a step, kept while none that came later is lower. */
    private record Valley(long step, double energy) {}

    private final int step;
    private final double[] recent = new double[SMOOTHED];
    private final Deque<Valley> valleys = new ArrayDeque<>();
    private long steps;
    private double sum;
    private double squares;
    private int filled;

    EnergyActivity(int sampleRate) {
        step = Math.max(1, (int) Math.round(STEP_SECONDS * sampleRate));
    }

    @Override
    public int step() {
        return step;
    }

    @Override
    public float[] accept(float[] samples) {
        float[] decisions = new float[(int) (((long) filled + samples.length) / step)];
        int made = 0;
        for (float x : samples) {
            sum += x;
            squares += (double) x * x;
            if (++filled == step) {
                decisions[made++] = decide();
            }
        }
        return decisions;
    }

    @Override
    public float[] finish() {
        return filled == 0 ? new float[0] : new float[] {decide()};
    }

    private float decide() {
        double mean = sum / filled;
        recent[(int) (steps % SMOOTHED)] = Math.max(0, squares / filled - mean * mean);
        sum = 0;
        squares = 0;
        filled = 0;
        double energy = smoothed();
        double floor = lowest(energy);
        boolean early = steps++ < UNKNOWN; // a recording may begin with a word
        return energy > LEAST && (early || energy > RISE * floor) ? 1 : 0;
    }

    private double smoothed() {
        int count = (int) Math.min(steps + 1, SMOOTHED);
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += recent[i];
        }
        return total / count;
    }

    private double lowest(double energy) {
        while (!valleys.isEmpty() && valleys.peekLast().energy() >= energy) {
            valleys.removeLast();
        }
        valleys.addLast(new Valley(steps, energy));
        if (valleys.peekFirst().step() <= steps - MEMORY) {
            valleys.removeFirst();
        }
        return valleys.peekFirst().energy();
    }
}
