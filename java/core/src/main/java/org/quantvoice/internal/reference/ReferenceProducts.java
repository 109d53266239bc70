package org.quantvoice.internal.reference;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Op;

/** Evaluates products, convolutions and attention. */
public final class ReferenceProducts {

    private ReferenceProducts() {}

    static ArrayTensor run(ReferenceCall call) {
        return switch (call.node().op()) {
            case LINEAR -> linear(call);
            case MATMUL -> matmul(call);
            case ATTENTION -> attention(call);
            default -> convolution(call);
        };
    }

    private static ArrayTensor linear(ReferenceCall call) {
        long[] shape = call.operands().get(1).shape();
        int out = (int) shape[0];
        int in = (int) shape[1];
        float[] x = call.x().floatArray();
        float[] weight = call.floats(1);
        float[] bias = call.floatsIfAny(2);
        float[] result = new float[call.count()];
        each(result.length, i -> {
            int row = i / out * in;
            int column = i % out * in;
            double sum = bias == null ? 0 : bias[i % out];
            for (int k = 0; k < in; k++) {
                sum += (double) x[row + k] * weight[column + k];
            }
            result[i] = (float) sum;
        });
        return call.result(result);
    }

    /** Computes results that do not depend on each other, on all cores: their order changes none of them. */
    private static void each(int count, IntConsumer result) {
        IntStream.range(0, count).parallel().forEach(result);
    }

    private static ArrayTensor matmul(ReferenceCall call) {
        long[] a = call.x().shape();
        long[] b = call.operands().get(1).shape();
        boolean rowVector = a.length == 1;
        boolean columnVector = b.length == 1;
        long[] left = rowVector ? new long[] {1, a[0]} : a;
        long[] right = columnVector ? new long[] {b[0], 1} : b;
        int m = (int) left[left.length - 2];
        int k = (int) left[left.length - 1];
        int n = (int) right[right.length - 1];
        ReferenceCall.require(right[right.length - 2] == k, "equal inner sizes");
        long[] batch = Arrays.copyOf(call.shape(), call.shape().length - (rowVector ? 0 : 1) - (columnVector ? 0 : 1));
        int[] leftAt = batches(left, batch);
        int[] rightAt = batches(right, batch);
        float[] result = new float[call.count()];
        for (int i = 0; i < leftAt.length; i++) {
            multiply(
                    call.x().floatArray(),
                    leftAt[i] * m * k,
                    call.floats(1),
                    rightAt[i] * k * n,
                    m,
                    k,
                    n,
                    result,
                    i * m * n);
        }
        return call.result(result);
    }

    /** Returns for each matrix of the result the index of the operand's matrix. */
    private static int[] batches(long[] shape, long[] batch) {
        return ReferenceCall.broadcast(Arrays.copyOf(shape, shape.length - 2), batch);
    }

    private static void multiply(float[] a, int aAt, float[] b, int bAt, int m, int k, int n, float[] result, int at) {
        for (int row = 0; row < m; row++) {
            for (int column = 0; column < n; column++) {
                double sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += (double) a[aAt + row * k + i] * b[bAt + i * n + column];
                }
                result[at + row * n + column] = (float) sum;
            }
        }
    }

    /** Evaluates convolutions over one and two axes alike: a 1-d convolution has a first axis of size 1. */
    private static ArrayTensor convolution(ReferenceCall call) {
        boolean flat = call.node().op() == Op.CONV1D;
        long[] x = planar(call.x().shape(), flat);
        long[] w = planar(call.operands().get(1).shape(), flat);
        long[] y = planar(call.shape(), flat);
        int[] stride = setting(call, "stride", flat, 1);
        int[] padding = setting(call, "padding", flat, 0);
        int[] dilation = setting(call, "dilation", flat, 1);
        for (int axis = 0; axis < 2; axis++) {
            long window = dilation[axis] * (w[axis + 2] - 1) + 1;
            ReferenceCall.require(x[axis + 2] + 2L * padding[axis] >= window, "at least " + window + " positions");
        }
        int groupOut = (int) w[0] / call.attributes().integer("groups");
        float[] bias = call.floatsIfAny(2);
        float[] result = new float[call.count()];
        each((int) (y[0] * y[1]), channel -> {
            int out = channel % (int) y[1];
            int plane = channel / (int) y[1] * (int) x[1] + out / groupOut * (int) w[1];
            int at = channel * (int) (y[2] * y[3]);
            for (int row = 0; row < y[2]; row++) {
                for (int column = 0; column < y[3]; column++) {
                    int top = row * stride[0] - padding[0];
                    int side = column * stride[1] - padding[1];
                    double sum = window(call, x, w, plane, out, top, side, dilation);
                    result[at++] = (float) (sum + (bias == null ? 0 : bias[out]));
                }
            }
        });
        return call.result(result);
    }

    private static double window(
            ReferenceCall call, long[] x, long[] w, int plane, int out, int top, int side, int[] dilation) {
        float[] input = call.x().floatArray();
        float[] weight = call.floats(1);
        double sum = 0;
        for (int in = 0; in < w[1]; in++) {
            for (int i = 0; i < w[2]; i++) {
                int row = top + i * dilation[0];
                for (int j = 0; j < w[3] && row >= 0 && row < x[2]; j++) {
                    int column = side + j * dilation[1];
                    if (column >= 0 && column < x[3]) {
                        int from = ((plane + in) * (int) x[2] + row) * (int) x[3] + column;
                        int at = ((out * (int) w[1] + in) * (int) w[2] + i) * (int) w[3] + j;
                        sum += (double) input[from] * weight[at];
                    }
                }
            }
        }
        return sum;
    }

    private static long[] planar(long[] shape, boolean flat) {
        return flat ? new long[] {shape[0], shape[1], 1, shape[2]} : shape;
    }

    private static int[] setting(ReferenceCall call, String name, boolean flat, int neutral) {
        int[] given = call.attributes().ints(name);
        return flat ? new int[] {neutral, given[0]} : given;
    }

    private static ArrayTensor attention(ReferenceCall call) {
        long[] q = call.x().shape();
        long[] k = call.operands().get(1).shape();
        long[] v = call.operands().get(2).shape();
        long[] batch = Arrays.copyOf(call.shape(), call.shape().length - 2);
        long[] scores = Arrays.copyOf(call.shape(), call.shape().length);
        scores[scores.length - 1] = k[k.length - 2];
        int rows = (int) q[q.length - 2];
        int columns = (int) k[k.length - 2];
        int size = (int) v[v.length - 1];
        int[] qAt = batches(q, batch);
        int[] kAt = batches(k, batch);
        int[] vAt = batches(v, batch);
        double[] bias = bias(call, scores, rows, columns);
        float[] result = new float[call.count()];
        for (int i = 0; i < qAt.length; i++) {
            for (int row = 0; row < rows; row++) {
                int at = i * rows + row;
                double[] line = scores(call, qAt[i] * rows + row, kAt[i] * columns, columns, bias, at * columns);
                mix(call.floats(2), vAt[i] * columns, size, line, result, at * size);
            }
        }
        return call.result(result);
    }

    /**
     * Returns the number that is added to each score: the mask, and minus infinity where causality forbids the key.
     */
    private static double[] bias(ReferenceCall call, long[] scores, int rows, int columns) {
        double[] bias = new double[ReferenceCall.count(scores)];
        if (call.operands().size() == 4) {
            ArrayTensor mask = call.operands().get(3);
            int[] at = ReferenceCall.broadcast(mask.shape(), scores);
            boolean bool = mask.type() == DType.BOOL;
            for (int i = 0; i < bias.length; i++) {
                bias[i] = !bool ? mask.get(at[i]) : mask.get(at[i]) != 0 ? 0 : Double.NEGATIVE_INFINITY;
            }
        }
        for (int i = 0; call.attributes().flag("causal") && i < bias.length; i++) {
            if (i % columns > i / columns % rows) {
                bias[i] = Double.NEGATIVE_INFINITY;
            }
        }
        return bias;
    }

    private static double[] scores(ReferenceCall call, int qRow, int kRow, int columns, double[] bias, int biasAt) {
        float[] q = call.x().floatArray();
        float[] k = call.floats(1);
        long[] shape = call.x().shape();
        int d = (int) shape[shape.length - 1];
        double scale = call.attributes().number("scale");
        double[] line = new double[columns];
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < columns; c++) {
            double sum = 0;
            for (int i = 0; i < d; i++) {
                sum += (double) q[qRow * d + i] * k[(kRow + c) * d + i];
            }
            line[c] = sum * scale + bias[biasAt + c];
            max = Math.max(max, line[c]);
        }
        if (max == Double.NEGATIVE_INFINITY) { // the row may see no key
            return new double[columns];
        }
        double total = 0;
        for (int c = 0; c < columns; c++) {
            line[c] = Math.exp(line[c] - max);
            total += line[c];
        }
        for (int c = 0; c < columns; c++) {
            line[c] /= total;
        }
        return line;
    }

    /** Writes one row of the result: the values weighted by a line of probabilities. */
    private static void mix(float[] v, int vRow, int size, double[] line, float[] result, int at) {
        for (int j = 0; j < size; j++) {
            double sum = 0;
            for (int c = 0; c < line.length; c++) {
                sum += line[c] * v[(vRow + c) * size + j];
            }
            result[at + j] = (float) sum;
        }
    }
}
