package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.quantvoice.engine.LogProbs;

/** The oracle: every path of a tiny matrix, summed by labelling. */
final class BruteForce {
    private BruteForce() {}

    /** log P of each labelling that has any probability. */
    static Map<List<Integer>, Double> labellings(LogProbs input, int blank) {
        Map<List<Integer>, Double> sums = new HashMap<>();
        walk(input, blank, 0, -1, 0, new ArrayList<>(), sums);
        return sums;
    }

    private static void walk(
            LogProbs input,
            int blank,
            int t,
            int last,
            double logProb,
            List<Integer> y,
            Map<List<Integer>, Double> sums) {
        if (logProb == Double.NEGATIVE_INFINITY) {
            return;
        }
        if (t == input.frames()) {
            sums.merge(List.copyOf(y), logProb, BruteForce::add);
            return;
        }
        for (int v = 0; v < input.vocabulary(); v++) {
            boolean opens = v != last && v != blank;
            if (opens) {
                y.add(v);
            }
            walk(input, blank, t + 1, v, logProb + input.at(t, v), y, sums);
            if (opens) {
                y.remove(y.size() - 1);
            }
        }
    }

    private static double add(double a, double b) {
        double high = Math.max(a, b);
        return high + Math.log1p(Math.exp(Math.min(a, b) - high));
    }

    /** Normalised rows; some entries are impossible if {@code holes}. */
    static LogProbs random(Random random, int frames, int size, double sharpness, boolean holes) {
        float[] data = new float[frames * size];
        for (int t = 0; t < frames; t++) {
            double[] row = new double[size];
            double sum = 0;
            int safe = random.nextInt(size);
            for (int v = 0; v < size; v++) {
                boolean hole = holes && v != safe && random.nextInt(4) == 0;
                row[v] = hole ? 0 : Math.exp(sharpness * random.nextGaussian());
                sum += row[v];
            }
            for (int v = 0; v < size; v++) {
                data[t * size + v] = (float) Math.log(row[v] / sum);
            }
        }
        return new LogProbs(data, frames, size);
    }
}
