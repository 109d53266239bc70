package org.quantvoice.internal.longform;

import org.quantvoice.engine.LogProbs;

/**
 * Finds the seam of two windows that share frames. Each window has context that the other lacks, so that they may
 * disagree about a frame or two; a token that one emits just before the seam and the other just behind it would be
 * doubled or lost. So the seam lies where both agree for some frames, at a blank if there is one.
 */
final class Seam {
    private static final int REACH = 8;
    private static final double BLANK_WEIGHT = 2;

    private final int blank;

    Seam(int blank) {
        this.blank = blank;
    }

    /**
     * @param before the window that ends here; its first row is frame {@code beforeStart}
     * @param after the window that begins here; its first row is frame {@code afterStart}
     * @param from the first frame at which the seam may lie
     * @param to the last frame at which the seam may lie
     * @param wished the seam's frame if no other costs less
     * @return the first frame that is taken from the second window
     */
    long between(LogProbs before, long beforeStart, LogProbs after, long afterStart, long from, long to, long wished) {
        long first = Math.max(from, Math.max(beforeStart, afterStart));
        long last = Math.min(to, Math.min(beforeStart + before.frames(), afterStart + after.frames()));
        long best = Math.max(afterStart, Math.min(wished, beforeStart + before.frames()));
        if (last <= first) {
            return best;
        }
        double[] cost = new double[(int) (last - first)];
        for (int i = 0; i < cost.length; i++) {
            cost[i] = cost(before, (int) (first + i - beforeStart), after, (int) (first + i - afterStart));
        }
        double least = Double.POSITIVE_INFINITY;
        for (long at = first; at <= last; at++) {
            double around = around(cost, (int) (at - first)) + 1e-6 * Math.abs(at - wished);
            if (around < least) {
                least = around;
                best = at;
            }
        }
        return best;
    }

    /**
     * Returns the cost of the frames around a seam. The nearest frames count most; frames that the windows do not
     * share cost as much as the worst one could.
     */
    private static double around(double[] cost, int seam) {
        double sum = 0;
        for (int k = -REACH; k < REACH; k++) {
            int i = seam + k;
            double weight = 1.0 / (1 + Math.min(Math.abs(k), Math.abs(k + 1)));
            sum += weight * (i >= 0 && i < cost.length ? cost[i] : 2 + BLANK_WEIGHT);
        }
        return sum;
    }

    /**
     * Returns the cost of a seam at a frame: the distance of the two distributions, at most 2, plus the probability
     * that is missing from a blank; 0 where both windows are sure of a blank.
     */
    private double cost(LogProbs a, int rowA, LogProbs b, int rowB) {
        double distance = 0;
        int size = a.vocabulary();
        for (int v = 0; v < size; v++) {
            distance += Math.abs(Math.exp(a.at(rowA, v)) - Math.exp(b.at(rowB, v)));
        }
        double blanks = Math.exp(a.at(rowA, blank)) + Math.exp(b.at(rowB, blank));
        return distance + BLANK_WEIGHT * Math.max(0, 1 - blanks / 2);
    }
}
