package org.quantvoice.decode;

import java.util.Arrays;
import org.quantvoice.engine.InputType;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.RowCheck;

/**
 * The tokens that are tried at the current frame: those whose log-prob is at least the threshold, and always the most
 * probable one.
 */
final class FrameTokens {
    private final int size;
    private final int top;
    private final double minimum;
    private final float minimumFloat;
    private final double floor;
    private final InputType type;
    private final boolean normalise;
    private final int delimiter;
    private final double delimiterScore;
    private final RowCheck check;

    /** The candidates, most probable first, lowest index first among equals. */
    final int[] token;

    final double[] logProb;
    int count;

    /** Number of candidates that may open a new token. */
    int opening;

    /** True if the first candidate is the only token that is possible at this frame, repeats included. */
    boolean single;

    /** Log-prob of each token at this frame; negative infinity for tokens that are not tried. */
    final double[] now;

    /** Log-prob of each token that may open a new token; the same array as {@link #now} if all may. */
    final double[] open;

    private final double[] row;
    private float[] lastData = {};
    private int lastBase;

    FrameTokens(Vocabulary vocabulary, BeamOptions options, RowCheck check) {
        size = vocabulary.size();
        top = options.topTokens() == 0 ? size : Math.min(size, options.topTokens());
        minimum = options.tokenMinLogProb();
        float rounded = (float) minimum;
        minimumFloat = rounded < minimum ? Math.nextUp(rounded) : rounded;
        floor = options.logProbFloor();
        type = options.input();
        normalise = options.normalise();
        delimiter = vocabulary.delimiter().orElse(-1);
        delimiterScore = options.delimiterScore();
        this.check = check;
        token = new int[size];
        logProb = new double[size];
        now = new double[size];
        open = top < size ? new double[size] : now;
        row = new double[size];
        Arrays.fill(now, Double.NEGATIVE_INFINITY);
        Arrays.fill(open, Double.NEGATIVE_INFINITY);
    }

    /** Reads the row that begins at {@code base}; {@code frame} counts from the start of the stream. */
    void read(float[] data, int base, int frame) {
        lastData = data;
        lastBase = base;
        read(data, base, frame, false);
    }

    /** Takes all tokens of the frame that was read last, whatever the thresholds. */
    void widen(int frame) {
        read(lastData, lastBase, frame, true);
    }

    private void read(float[] data, int base, int frame, boolean all) {
        clear();
        boolean asIs = type == InputType.LOGPROB && !normalise;
        if (asIs) {
            check.mass(data, base, frame);
        } else {
            convert(data, base, frame);
        }
        if (asIs && !all && top < size && minimum == Double.NEGATIVE_INFINITY && delimiterScore == 0) {
            selectTop(data, base, frame);
            single = false;
            return;
        }
        if (asIs) {
            selectFloats(data, base, frame, all ? Float.NEGATIVE_INFINITY : minimumFloat);
        } else {
            select(all ? Double.NEGATIVE_INFINITY : minimum);
        }
        if (delimiterScore != 0) {
            scoreDelimiter();
        }
        sort();
        single = count == 1;
        opening = all ? count : Math.min(count, top);
        for (int k = 0; top < size && k < opening; k++) {
            open[token[k]] = logProb[k];
        }
    }

    private void clear() {
        for (int k = 0; k < count; k++) {
            now[token[k]] = Double.NEGATIVE_INFINITY;
            open[token[k]] = Double.NEGATIVE_INFINITY;
        }
        count = 0;
    }

    /** Selects the first few tokens, which may be opened and need an order; all tokens may be repeated. */
    private void selectTop(float[] data, int base, int frame) {
        for (int v = 0; v < size; v++) {
            float x = data[base + v];
            if (!(x <= Float.MAX_VALUE)) {
                throw check.refused(x, frame, v);
            }
            double value = Math.max(x, floor);
            now[v] = value;
            if (count < top || value > logProb[count - 1]) {
                int k = count < top ? count++ : count - 1;
                while (k > 0 && value > logProb[k - 1]) {
                    logProb[k] = logProb[k - 1];
                    token[k] = token[k - 1];
                    k--;
                }
                logProb[k] = value;
                token[k] = v;
            }
        }
        opening = count;
        for (int k = 0; k < count; k++) {
            open[token[k]] = logProb[k];
        }
    }

    private void selectFloats(float[] data, int base, int frame, float least) {
        for (int v = 0; v < size; v++) {
            float x = data[base + v];
            // This is also true for a NaN, so that one comparison for each value does both.
            if (!(x < least)) {
                if (!(x <= Float.MAX_VALUE)) {
                    throw check.refused(x, frame, v);
                }
                take(v, Math.max(x, floor));
            }
        }
        if (count == 0) {
            int best = 0;
            for (int v = 1; v < size; v++) {
                best = data[base + v] > data[base + best] ? v : best;
            }
            take(best, Math.max(data[base + best], floor));
        }
    }

    private void convert(float[] data, int base, int frame) {
        double max = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < size; v++) {
            float x = data[base + v];
            boolean negativeProbability = type == InputType.PROB && x < 0;
            if (!(x <= Float.MAX_VALUE) || negativeProbability) {
                throw check.refused(x, frame, v);
            }
            row[v] = type == InputType.PROB ? Math.log(x) : x;
            max = Math.max(max, row[v]);
        }
        if ((type == InputType.LOGIT || normalise) && max > Double.NEGATIVE_INFINITY) {
            double sum = 0;
            for (int v = 0; v < size; v++) {
                sum += Math.exp(row[v] - max);
            }
            double shift = max + Math.log(sum);
            for (int v = 0; v < size; v++) {
                row[v] -= shift;
            }
        }
    }

    private void select(double least) {
        int best = 0;
        for (int v = 0; v < size; v++) {
            row[v] = Math.max(row[v], floor);
            if (row[v] >= least) {
                take(v, row[v]);
            }
            best = row[v] > row[best] ? v : best;
        }
        if (count == 0) {
            take(best, row[best]);
        }
    }

    private void take(int v, double value) {
        token[count] = v;
        logProb[count++] = value;
        now[v] = value;
    }

    private void scoreDelimiter() {
        for (int k = 0; k < count; k++) {
            if (token[k] == delimiter) {
                logProb[k] += delimiterScore;
                now[delimiter] = logProb[k];
            }
        }
    }

    /**
     * Sorts the candidates by Shell sort: it works in place, is fast for the one or two candidates of a usual frame,
     * and good enough for thousands.
     */
    private void sort() {
        int gap = 1;
        while (gap < count / 9) {
            gap = 3 * gap + 1;
        }
        for (; gap >= 1; gap /= 3) {
            for (int i = gap; i < count; i++) {
                int v = token[i];
                double value = logProb[i];
                int j = i;
                while (j >= gap && before(value, v, j - gap)) {
                    token[j] = token[j - gap];
                    logProb[j] = logProb[j - gap];
                    j -= gap;
                }
                token[j] = v;
                logProb[j] = value;
            }
        }
    }

    private boolean before(double value, int v, int k) {
        return value > logProb[k] || (value == logProb[k] && v < token[k]);
    }

    /** Returns whether no token is possible at this frame. */
    boolean impossible() {
        return logProb[0] == Double.NEGATIVE_INFINITY;
    }
}
