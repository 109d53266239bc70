package org.quantvoice.internal.onnx.values;

import java.util.Arrays;
import java.util.Optional;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Int8Tensor;

/**
 * A weight of whole numbers, {@code (value - zero) * scale}, with one scale for the whole tensor or one for each
 * index of one axis.
 *
 * @param name of the parameter
 * @param values with their zero points subtracted, row-major
 * @param shape of the weight
 * @param scales one, or one for each index of the axis
 * @param axis to whose indices the scales belong
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredWeight(String name, int[] values, long[] shape, float[] scales, int axis) {
    private static final int MOST = 127;

    /** Returns the floats that the weight stands for. */
    public ArrayTensor floats() {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i] * scales[scaleOf(i)];
        }
        return ArrayTensor.of(result, shape);
    }

    private int scaleOf(int index) {
        if (scales.length == 1) {
            return 0;
        }
        long inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= shape[i];
        }
        return (int) (index / inner % shape[axis]);
    }

    /** Returns the matrix with rows and columns exchanged. */
    public StoredWeight transposed() {
        int rows = Math.toIntExact(shape[0]);
        int columns = Math.toIntExact(shape[1]);
        int[] turned = new int[values.length];
        for (int i = 0; i < turned.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return new StoredWeight(name, turned, new long[] {columns, rows}, scales, 1 - axis);
    }

    /** Returns the weight with another scale, or others, for the output channels. */
    public StoredWeight scaled(float[] other) {
        return new StoredWeight(name, values, shape, other, 0);
    }

    /** Returns the weight as the kernels take it, -127 to 127 with a scale for each index of the first axis; empty if it does not fit. */
    public Optional<Int8Tensor> int8() {
        boolean fits =
                (scales.length == 1 || axis == 0) && Arrays.stream(values).allMatch(v -> v >= -MOST && v <= MOST);
        if (!fits) {
            return Optional.empty();
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        float[] each = scales.length == 1 ? new float[Math.toIntExact(shape[0])] : scales;
        if (scales.length == 1) {
            Arrays.fill(each, scales[0]);
        }
        for (float scale : each) {
            if (!(scale > 0) || Float.isInfinite(scale)) {
                return Optional.empty();
            }
        }
        return Optional.of(Int8Tensor.of(bytes, each, shape));
    }
}
