package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * Writes sinusoids of the distance between two frames, and the bias that they add to attention (Dai et al.,
 * "Transformer-XL", 2019). They are computed for the length of each utterance, so that no table limits it.
 */
final class RelativePositions {
    private static final double BASE = 10_000;

    private RelativePositions() {}

    /** Returns the whole numbers from {@code start} to before {@code end}, up or down, as floats. */
    static Value range(Modules modules, String path, Dim start, Dim end, int step) {
        String type = DType.FLOAT.toString();
        return modules.add(Op.ARANGE, path, Attributes.of("start", start, "end", end, "step", step, "type", type));
    }

    /**
     * Returns the sinusoids {@code [2 time - 1, size]} of distances from {@code time - 1} down to {@code 1 - time},
     * sine and cosine in turn.
     */
    static Value sinusoids(Modules modules, String path, Dim time, int size) {
        Value distances = range(modules, path, time.plus(-1), time.times(-1), -1);
        Dim count = time.times(2).plus(-1);
        Value column = modules.reshape(path, distances, count, Dim.ONE);
        Value rates = modules.floats(path + ".rates", rates(size, BASE), 1, size / 2);
        Value angles = modules.product(path, column, rates);
        Value sine = modules.add(Op.SIN, path, Attributes.NONE, angles);
        Value cosine = modules.add(Op.COS, path, Attributes.NONE, angles);
        Dim half = Dim.of(size / 2);
        Value pairs = modules.add(
                Op.CONCAT,
                path,
                Attributes.of("axis", 2),
                modules.reshape(path, sine, count, half, Dim.ONE),
                modules.reshape(path, cosine, count, half, Dim.ONE));
        return modules.reshape(path, pairs, count, Dim.of(size));
    }

    /** Returns the rates {@code base^(-2 i / size)} of each pair i, computed in floats. */
    static float[] rates(int size, double base) {
        float[] rates = new float[size / 2];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = 1 / (float) Math.pow(base, (float) (2 * i) / size);
        }
        return rates;
    }

    /**
     * Writes the bias of each pair of frames.
     *
     * @param query {@code [batch, heads, time, size]}
     * @param keys projected sinusoids {@code [2 time - 1, heads * size]}
     * @return {@code [batch, heads, time, time]}: at {@code i, j} the product of query i and the key of the distance
     *     i - j
     */
    static Value scores(Modules modules, String path, Value query, Value keys) {
        Value split = modules.reshape(
                path,
                keys,
                keys.shape().dim(0),
                query.shape().dim(1),
                query.shape().dim(3));
        Value turned = modules.transpose(path, split, 1, 2, 0);
        Value all = modules.add(Op.MATMUL, path, Attributes.NONE, query, turned);
        return shifted(modules, path, all);
    }

    /**
     * Moves row i of {@code [batch, heads, time, 2 time - 1]} to the left by {@code time - 1 - i} and cuts it: {@code [batch,
     * heads, time, time]}, whose element i, j was in column {@code j - i + time - 1}.
     */
    static Value shifted(Modules modules, String path, Value all) {
        Dim batch = all.shape().dim(0);
        Dim heads = all.shape().dim(1);
        Dim time = all.shape().dim(2);
        Dim count = all.shape().dim(3);
        Value padded = modules.padded(path, all, 3, Dim.ONE, Dim.ZERO);
        Value rows = modules.reshape(path, padded, batch, heads, count.plus(1), time);
        Value rest = modules.slice(path, rows, 2, Dim.ONE, count.plus(1));
        Value square = modules.reshape(path, rest, batch, heads, time, count);
        return modules.slice(path, square, 3, Dim.ZERO, time);
    }
}
