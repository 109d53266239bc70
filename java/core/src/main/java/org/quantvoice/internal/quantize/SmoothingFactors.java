package org.quantvoice.internal.quantize;

import java.util.Arrays;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;

/** Computes the largest magnitudes of channels, and the powers of two by which weights grow and inputs shrink. */
final class SmoothingFactors {
    /** Least size of a channel's weights relative to the largest channel; smaller ones count as having this size. */
    private static final float LEAST_SHARE = 1e-5f;
    /** Largest exponent of two in a factor, so that no weight leaves the range of normal floats. */
    private static final int MOST = 16;

    private SmoothingFactors() {}

    static float[] none(int channels) {
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Returns the number of channels of a layer's input. */
    static int channels(Node layer) {
        return Math.toIntExact(layer.input(1).shape().dim(1).constant());
    }

    /**
     * Returns the factors for an alpha, shifted so that the middle one is 1.
     *
     * @param activations largest magnitude of each channel
     * @param weights largest magnitude of the weights that each channel is multiplied by
     */
    static float[] of(float[] activations, float[] weights, double alpha) {
        double[] logs = new double[activations.length];
        double leastActivation = floor(activations);
        double leastWeight = floor(weights);
        for (int c = 0; c < logs.length; c++) {
            double x = Math.max(activations[c], leastActivation);
            double w = Math.max(weights[c], leastWeight);
            logs[c] = (alpha * Math.log(x) - (1 - alpha) * Math.log(w)) / Math.log(2);
        }
        double[] sorted = logs.clone();
        Arrays.sort(sorted);
        double middle = sorted[sorted.length / 2];
        float[] factors = new float[logs.length];
        for (int c = 0; c < factors.length; c++) {
            int exponent = (int) Math.rint(logs[c] - middle);
            factors[c] = Math.scalb(1f, Math.max(-MOST, Math.min(MOST, exponent)));
        }
        return factors;
    }

    private static double floor(float[] sizes) {
        float largest = 0;
        for (float size : sizes) {
            largest = Math.max(largest, size);
        }
        return Math.max(LEAST_SHARE * largest, Float.MIN_NORMAL);
    }

    /** Raises each size to the other array's where that is larger. */
    static void raise(float[] sizes, float[] others) {
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.max(sizes[i], others[i]);
        }
    }

    /** Returns the largest magnitude of the weights that each input channel is multiplied by. */
    static float[] columns(TensorData weight) {
        long[] shape = weight.shape();
        int channels = Math.toIntExact(shape[1]);
        int row = Math.toIntExact(weight.size() / shape[0]);
        int inner = row / channels;
        float[] values = new float[row];
        float[] sizes = new float[channels];
        for (long out = 0; out < shape[0]; out++) {
            weight.read(out * row, values, 0, row);
            for (int i = 0; i < row; i++) {
                sizes[i / inner] = Math.max(sizes[i / inner], Math.abs(values[i]));
            }
        }
        return sizes;
    }

    /** Raises the sizes of channels to the largest magnitudes in an input. */
    static void largest(LayerInput input, int axis, float[] sizes) {
        int inner = inner(input.shape(), axis);
        float[] values = input.values();
        for (int i = 0; i < values.length; i++) {
            int c = i / inner % sizes.length;
            sizes[c] = Math.max(sizes[c], Math.abs(values[i]));
        }
    }

    /** Returns an input whose channels are divided by the factors. */
    static LayerInput divided(LayerInput input, int axis, float[] factors) {
        int inner = inner(input.shape(), axis);
        float[] values = input.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] /= factors[i / inner % factors.length];
        }
        return new LayerInput(values, input.shape());
    }

    private static int inner(long[] shape, int axis) {
        long inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= shape[i];
        }
        return Math.toIntExact(inner);
    }
}
