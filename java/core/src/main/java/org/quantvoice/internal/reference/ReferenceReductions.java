package org.quantvoice.internal.reference;

import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Op;

/** Evaluates norms, softmax and reductions. */
public final class ReferenceReductions {

    private ReferenceReductions() {}

    static ArrayTensor run(ReferenceCall call) {
        return switch (call.node().op()) {
            case LAYER_NORM -> layerNorm(call);
            case GROUP_NORM -> groupNorm(call);
            case BATCH_NORM -> batchNorm(call);
            case SOFTMAX, LOG_SOFTMAX -> softmax(call);
            case CUMSUM -> cumulative(call);
            default -> reduce(call);
        };
    }

    private static ArrayTensor layerNorm(ReferenceCall call) {
        int axes = call.attributes().integer("axes");
        int size = ReferenceCall.count(call.shape(), call.shape().length - axes, call.shape().length);
        float[] result = call.x().floatArray().clone();
        float[] weight = call.floatsIfAny(1);
        float[] bias = call.floatsIfAny(2);
        for (int row = 0; row + size <= result.length && size > 0; row += size) {
            standardize(result, row, size, call.attributes().number("eps"));
            for (int i = 0; i < size; i++) {
                result[row + i] = affine(result[row + i], weight, bias, i);
            }
        }
        return call.result(result);
    }

    private static float affine(float x, float @Nullable [] weight, float @Nullable [] bias, int i) {
        return (float) (x * (weight == null ? 1.0 : weight[i]) + (bias == null ? 0.0 : bias[i]));
    }

    /** Normalizes {@code x[at .. at + size)} to zero mean and unit variance. */
    private static void standardize(float[] x, int at, int size, double eps) {
        double mean = 0;
        for (int i = at; i < at + size; i++) {
            mean += x[i];
        }
        mean /= size;
        double variance = 0;
        for (int i = at; i < at + size; i++) {
            variance += (x[i] - mean) * (x[i] - mean);
        }
        double scale = 1 / Math.sqrt(variance / size + eps);
        for (int i = at; i < at + size; i++) {
            x[i] = (float) ((x[i] - mean) * scale);
        }
    }

    private static ArrayTensor groupNorm(ReferenceCall call) {
        long[] shape = call.shape();
        int channels = (int) shape[1];
        int inner = ReferenceCall.count(shape, 2, shape.length);
        int group = channels / call.attributes().integer("groups") * inner;
        float[] result = call.x().floatArray().clone();
        for (int at = 0; at < result.length; at += group) {
            standardize(result, at, group, call.attributes().number("eps"));
        }
        for (int i = 0; i < result.length; i++) {
            result[i] = affine(result[i], call.floatsIfAny(1), call.floatsIfAny(2), i / inner % channels);
        }
        return call.result(result);
    }

    private static ArrayTensor batchNorm(ReferenceCall call) {
        long[] shape = call.shape();
        int channels = (int) shape[1];
        int inner = ReferenceCall.count(shape, 2, shape.length);
        float[] x = call.x().floatArray();
        float[] mean = call.floats(1);
        float[] variance = call.floats(2);
        double eps = call.attributes().number("eps");
        float[] result = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            int channel = i / inner % channels;
            float normal = (float) ((x[i] - mean[channel]) / Math.sqrt(variance[channel] + eps));
            result[i] = affine(normal, call.floatsIfAny(3), call.floatsIfAny(4), channel);
        }
        return call.result(result);
    }

    private static ArrayTensor softmax(ReferenceCall call) {
        int axis = call.attributes().integer("axis");
        int size = (int) call.shape()[axis];
        int stride = ReferenceCall.count(call.shape(), axis + 1, call.shape().length);
        float[] result = new float[call.count()];
        for (int i = 0; i < result.length; i++) {
            if (i / stride % size == 0) {
                softmax(call, result, i, size, stride);
            }
        }
        return call.result(result);
    }

    private static void softmax(ReferenceCall call, float[] result, int at, int size, int stride) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            max = Math.max(max, call.x().get(at + i * stride));
        }
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += Math.exp(call.x().get(at + i * stride) - max);
        }
        boolean log = call.node().op() == Op.LOG_SOFTMAX;
        for (int i = 0; i < size; i++) {
            double shifted = call.x().get(at + i * stride) - max;
            result[at + i * stride] = (float) (log ? shifted - Math.log(sum) : Math.exp(shifted) / sum);
        }
    }

    private static ArrayTensor cumulative(ReferenceCall call) {
        int axis = call.attributes().integer("axis");
        int size = (int) call.shape()[axis];
        int stride = ReferenceCall.count(call.shape(), axis + 1, call.shape().length);
        double[] result = new double[call.count()];
        for (int i = 0; i < result.length; i++) {
            boolean first = i / stride % size == 0;
            result[i] = call.x().get(i) + (first ? 0 : result[i - stride]);
        }
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static ArrayTensor reduce(ReferenceCall call) {
        long[] in = call.x().shape();
        long[] kept = in.clone();
        for (int axis : call.attributes().ints("axes")) {
            kept[axis] = 1;
        }
        int[] target = ReferenceCall.broadcast(kept, in);
        int outputs = call.count();
        double[] sum = new double[outputs];
        double[] largest = new double[outputs];
        java.util.Arrays.fill(largest, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < target.length; i++) {
            sum[target[i]] += call.x().get(i);
            largest[target[i]] = Math.max(largest[target[i]], call.x().get(i));
        }
        double count = outputs == 0 ? 0 : target.length / outputs;
        Op op = call.node().op();
        double[] result = op == Op.REDUCE_MAX ? largest : sum;
        if (op == Op.MEAN || op == Op.VAR) {
            for (int i = 0; i < outputs; i++) {
                sum[i] /= count;
            }
        }
        if (op == Op.VAR) {
            result = variance(call, target, sum, count - call.attributes().number("correction"));
        }
        return ReferenceCall.of(call.node().output().type(), result, call.shape());
    }

    private static double[] variance(ReferenceCall call, int[] target, double[] mean, double divisor) {
        double[] sum = new double[mean.length];
        for (int i = 0; i < target.length; i++) {
            double difference = call.x().get(i) - mean[target[i]];
            sum[target[i]] += difference * difference;
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= Math.max(0, divisor);
        }
        return sum;
    }
}
