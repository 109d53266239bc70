package org.quantvoice.internal.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Node;

/**
 * The evaluation of one node in the reference interpreter.
 *
 * @param node the node
 * @param operands its inputs
 * @param shape of its first output
 * @param sizes values of all symbols
 */
public record ReferenceCall(Node node, List<ArrayTensor> operands, long[] shape, Map<String, Long> sizes) {

    Attributes attributes() {
        return node.attributes();
    }

    ArrayTensor x() {
        return operands.get(0);
    }

    /** Returns a float operand's elements. */
    float[] floats(int index) {
        return operands.get(index).floatArray();
    }

    /** Returns a float operand's elements, or null if it is absent. */
    float @Nullable [] floatsIfAny(int index) {
        return index < operands.size() ? floats(index) : null;
    }

    int count() {
        return count(shape);
    }

    static int count(long[] shape) {
        long product = 1;
        for (long size : shape) {
            product = Math.multiplyExact(product, size);
        }
        return Math.toIntExact(product);
    }

    /** Returns the number of elements of the axes from {@code from} to before {@code to}. */
    static int count(long[] shape, int from, int to) {
        return count(Arrays.copyOfRange(shape, from, to));
    }

    ArrayTensor result(float[] elements) {
        return ArrayTensor.of(elements, shape);
    }

    static void require(boolean condition, String expected) {
        if (!condition) {
            throw new IllegalArgumentException("expected " + expected);
        }
    }

    /** Returns for every element of {@code shape}, in order, its offset for given strides of the axes. */
    static int[] offsets(long[] shape, long[] strides, long base) {
        int[] offsets = new int[count(shape)];
        long[] at = new long[shape.length];
        long offset = base;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = Math.toIntExact(offset);
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                offset += strides[axis];
                if (++at[axis] < shape[axis]) {
                    break;
                }
                offset -= strides[axis] * shape[axis];
                at[axis] = 0;
            }
        }
        return offsets;
    }

    static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /** Returns the offsets of a tensor that broadcasts to {@code target}. */
    static int[] broadcast(long[] source, long[] target) {
        long[] own = strides(source);
        long[] strides = new long[target.length];
        int added = target.length - source.length;
        require(added >= 0, "a tensor that broadcasts to " + Arrays.toString(target));
        for (int axis = 0; axis < source.length; axis++) {
            boolean same = source[axis] == target[axis + added];
            require(same || source[axis] == 1, Arrays.toString(source) + " to broadcast to " + Arrays.toString(target));
            strides[axis + added] = same ? own[axis] : 0;
        }
        return offsets(target, strides, 0);
    }

    /** Returns the elements at given offsets. */
    static ArrayTensor gather(ArrayTensor source, int[] offsets, long[] shape) {
        return switch (source.type()) {
            case FLOAT -> {
                float[] result = new float[offsets.length];
                for (int i = 0; i < result.length; i++) {
                    result[i] = source.floatArray()[offsets[i]];
                }
                yield ArrayTensor.of(result, shape);
            }
            case INT -> {
                long[] result = new long[offsets.length];
                for (int i = 0; i < result.length; i++) {
                    result[i] = source.longArray()[offsets[i]];
                }
                yield ArrayTensor.of(result, shape);
            }
            case BOOL -> {
                boolean[] result = new boolean[offsets.length];
                for (int i = 0; i < result.length; i++) {
                    result[i] = source.booleanArray()[offsets[i]];
                }
                yield ArrayTensor.of(result, shape);
            }
        };
    }

    /** Makes a tensor of any type from doubles; for bools anything but 0 is true. */
    static ArrayTensor of(DType type, double[] elements, long[] shape) {
        return switch (type) {
            case FLOAT -> {
                float[] result = new float[elements.length];
                for (int i = 0; i < result.length; i++) {
                    result[i] = (float) elements[i];
                }
                yield ArrayTensor.of(result, shape);
            }
            case INT ->
                ArrayTensor.of(Arrays.stream(elements).mapToLong(d -> (long) d).toArray(), shape);
            case BOOL -> {
                boolean[] result = new boolean[elements.length];
                for (int i = 0; i < result.length; i++) {
                    result[i] = elements[i] != 0;
                }
                yield ArrayTensor.of(result, shape);
            }
        };
    }
}
