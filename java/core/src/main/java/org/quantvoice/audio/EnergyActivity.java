package org.quantvoice.audio;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Detects speech by its energy, because speech rises and falls while silence, a hum and noise keep their level. A
 * step of 20 ms is taken for speech when the energy around it (0.1 s, with its mean subtracted) lies at least 6 dB
 * above the least energy of the last 10 s, and above -80 dB of full scale: 16 bits end at -98 dB. The first second is
 * decided as a whole, by the least of all its energies, because a recording may begin with a word.
 */
final class EnergyActivity implements VoiceActivity.Detector {
    private static final double STEP_SECONDS = 0.02;
    private static final int SMOOTHED = 5;
    private static final int MEMORY = 500;
    private static final int TOGETHER = 50;
    private static final double RISE = Math.pow(10, 0.6);
    private static final double LEAST = 1e-8;

    /** The energy at a step, kept as long as no later step has a lower one. */
    private record Valley(long step, double energy) {}

    private final int step;
    private final double[] recent = new double[SMOOTHED];
    private final Deque<Valley> valleys = new ArrayDeque<>();
    /** Energies of the first steps, which wait for a decision. */
    private final double[] first = new double[TOGETHER];

    private int waiting;
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
        float[] decisions = new float[waiting + (int) (((long) filled + samples.length) / step)];
        int made = 0;
        for (float x : samples) {
            sum += x;
            squares += (double) x * x;
            if (++filled == step) {
                made += decide(decisions, made);
            }
        }
        return Arrays.copyOf(decisions, made);
    }

    @Override
    public float[] finish() {
        float[] decisions = new float[waiting + 1];
        int made = 0;
        if (filled > 0) {
            made = decide(decisions, 0);
        }
        if (waiting > 0) {
            made = decideFirst(decisions, 0);
        }
        return Arrays.copyOf(decisions, made);
    }

    /** Ends a step, writes the decisions that are possible by then from an index on, and returns their number. */
    private int decide(float[] decisions, int at) {
        double mean = sum / filled;
        recent[(int) (steps % SMOOTHED)] = Math.max(0, squares / filled - mean * mean);
        sum = 0;
        squares = 0;
        filled = 0;
        double energy = smoothed();
        double floor = lowest(energy);
        steps++;
        if (steps <= TOGETHER) {
            first[waiting++] = energy;
            return steps < TOGETHER ? 0 : decideFirst(decisions, at);
        }
        decisions[at] = decision(energy, floor);
        return 1;
    }

    private int decideFirst(float[] decisions, int at) {
        double floor = valleys.getFirst().energy();
        for (int i = 0; i < waiting; i++) {
            decisions[at + i] = decision(first[i], floor);
        }
        int made = waiting;
        waiting = 0;
        return made;
    }

    private static float decision(double energy, double floor) {
        return energy > LEAST && energy > RISE * floor ? 1 : 0;
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
