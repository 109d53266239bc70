package org.quantvoice.internal.beam;

import java.util.Arrays;
import org.quantvoice.engine.LogProbs;

/**
 * The best path through the states of one labelling (Viterbi), in memory that grows with frames plus states, not with
 * their product: a pass that is too large to keep its steps keeps only the state that the best path to each state has
 * at half time, and both halves are then searched again (after D. Hirschberg, 1975). The path is that of one pass, to
 * the bit, in at most twice its time.
 */
public final class BestPath {
    private static final double NEVER = Double.NEGATIVE_INFINITY;

    private final LogProbs input;
    private final int[] states;
    private final int mostSteps;

    /** State of the path at each frame. */
    private final int[] path;

    private double[] now;
    private double[] next;
    private int[] middle;
    private int[] nextMiddle;

    /** @param mostSteps largest number of steps that may be kept, one byte each */
    public BestPath(LogProbs input, int[] states, int mostSteps) {
        this.input = input;
        this.states = states;
        this.mostSteps = mostSteps;
        path = new int[input.frames()];
        // There are three more, because states behind the last one are read as impossible.
        now = new double[states.length + 3];
        next = new double[states.length + 3];
        middle = new int[states.length + 3];
        nextMiddle = new int[states.length + 3];
    }

    /** A part of the path: frames {@code from} to {@code to}, entered from a state (-1 at the start) with a score. */
    private record Part(int from, int to, int before, double score) {
        int frames() {
            return to - from;
        }

        int half() {
            return (from + to) >>> 1;
        }
    }

    /** Finds the path and returns its score; negative infinity if there is none. */
    public double find() {
        int frames = input.frames();
        if (frames == 0) {
            return states.length == 1 ? 0 : NEVER;
        }
        int last = states.length - 1;
        Part whole = new Part(0, frames, -1, 0);
        double[] halfScores = new double[states.length];
        byte[][] steps = forward(whole, last, halfScores);
        int end = last > 0 && now[last - 1] > now[last] ? last - 1 : last;
        double score = now[end];
        if (score > NEVER) {
            settle(whole, last, end, steps, middle[end], halfScores);
        }
        return score;
    }

    public int[] path() {
        return path;
    }

    private void find(Part part, int end) {
        if (part.frames() == 0) {
            return;
        }
        double[] halfScores = new double[states.length];
        byte[][] steps = forward(part, end, halfScores);
        settle(part, end, end, steps, middle[end], halfScores);
    }

    /**
     * Writes a part of the path, from the kept steps of its pass or by searching its halves.
     *
     * @param bound the last state of the pass
     * @param end the last state of the path
     */
    private void settle(Part part, int bound, int end, byte[][] steps, int half, double[] halfScores) {
        if (steps.length > 0) {
            int state = end;
            for (int t = part.to - 1; t >= part.from; t--) {
                path[t] = state;
                state -= steps[t - part.from][state - lowest(part, bound, t)];
            }
            return;
        }
        find(new Part(part.from, part.half(), part.before, part.score), half);
        find(new Part(part.half(), part.to, half, halfScores[half]), end);
    }

    /** Returns the first state from which the end can still be reached. */
    private static int lowest(Part part, int end, int t) {
        // At the end of the recording either of the last two states will do.
        return Math.max(Math.max(0, part.before), end - 1 - 2 * (part.to - 1 - t));
    }

    private static int highest(Part part, int end, int t) {
        return (int) Math.min(end, Math.max(part.before, -1) + 2L * (t - part.from + 1));
    }

    /**
     * Leaves the scores of the last frame in {@link #now}, and in {@link #middle} the state of each path at half
     * time.
     *
     * @param halfScores becomes the scores of the last frame of the first half
     * @return the steps; empty if they are too many
     */
    private byte[][] forward(Part part, int end, double[] halfScores) {
        int width = end - Math.max(0, part.before) + 1;
        boolean keeps = (long) part.frames() * width <= mostSteps || part.frames() < 2;
        byte[][] steps = new byte[keeps ? part.frames() : 0][];
        Arrays.fill(now, NEVER);
        Arrays.fill(next, NEVER);
        for (int t = part.from; t < part.to; t++) {
            int low = lowest(part, end, t);
            int high = highest(part, end, t);
            byte[] kept = keeps ? new byte[Math.max(0, high - low + 1)] : null;
            for (int s = low; s <= high; s++) {
                int step = t == part.from ? first(part, s) : best(s);
                double before = t == part.from ? (step < 0 ? NEVER : part.score) : now[s - step];
                next[s] = before + input.at(t, states[s]);
                if (kept != null) {
                    kept[s - low] = (byte) Math.max(0, step);
                } else {
                    nextMiddle[s] = t < part.half() ? s : middle[s - step];
                }
            }
            Arrays.fill(next, Math.max(low, high + 1), Math.max(low, high + 1) + 2, NEVER);
            if (kept != null) {
                steps[t - part.from] = kept;
            }
            swap();
            if (t == part.half() - 1 && !keeps) {
                System.arraycopy(now, 0, halfScores, 0, halfScores.length);
            }
        }
        return steps;
    }

    /** Returns the step by which the path enters a part at a state; -1 if the state cannot be the first. */
    private int first(Part part, int s) {
        if (part.before < 0) {
            return s < 2 ? 0 : -1;
        }
        int step = s - part.before;
        boolean may = step < 2 || (step == 2 && CtcStates.mayJump(states, s));
        return may ? step : -1;
    }

    /**
     * Returns how many states before {@code s} the best path to it comes from; the smallest of equally good steps.
     */
    private int best(int s) {
        int step = 0;
        double best = now[s];
        if (s >= 1 && now[s - 1] > best) {
            best = now[s - 1];
            step = 1;
        }
        return CtcStates.mayJump(states, s) && now[s - 2] > best ? 2 : step;
    }

    private void swap() {
        double[] scores = now;
        now = next;
        next = scores;
        int[] places = middle;
        middle = nextMiddle;
        nextMiddle = places;
    }
}
