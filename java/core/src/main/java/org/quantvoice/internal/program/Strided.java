package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of known sizes in a buffer: transposing, slicing and most reshaping move no element. Offsets and strides count
 * elements.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Strided(Buffer buffer, long offset, long[] dims, long[] strides) {

    /**
     * Rows of {@code columns} elements each, {@code stride} apart.
     *
     * @param offset of the first element
     */
    record Rows(Buffer buffer, long offset, long rows, long columns, long stride) {
        /** Returns some rows that follow each other. */
        Rows part(long first, long count) {
            return new Rows(buffer, offset + first * stride, count, columns, stride);
        }
    }

    static Strided dense(Buffer buffer, long... dims) {
        return new Strided(buffer, 0, dims.clone(), denseStrides(dims));
    }

    static Strided floats(long... dims) {
        return dense(Buffer.floats(product(dims)), dims);
    }

    public static long product(long... dims) {
        long product = 1;
        for (long dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    static long[] denseStrides(long... dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, dims[i]);
        }
        return strides;
    }

    int rank() {
        return dims.length;
    }

    long size() {
        return product(dims);
    }

    /** Returns a tensor of the same elements in another buffer with the same layout. */
    Strided in(Buffer other) {
        return new Strided(other, offset, dims, strides);
    }

    Strided transpose(int... order) {
        long[] newDims = new long[order.length];
        long[] newStrides = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            newDims[i] = dims[order[i]];
            newStrides[i] = strides[order[i]];
        }
        return new Strided(buffer, offset, newDims, newStrides);
    }

    Strided slice(int axis, long start, long size, long step) {
        long[] newDims = dims.clone();
        long[] newStrides = strides.clone();
        newDims[axis] = size;
        newStrides[axis] *= step;
        return new Strided(buffer, offset + start * strides[axis], newDims, newStrides);
    }

    /** Repeats axes of size 1, and adds axes in front where the target has more. */
    Strided expand(long... target) {
        long[] newStrides = new long[target.length];
        int shift = target.length - rank();
        for (int i = 0; i < target.length; i++) {
            if (shift < 0 || i >= shift && dims[i - shift] != 1 && dims[i - shift] != target[i]) {
                throw new IllegalArgumentException("got a tensor " + Arrays.toString(dims) + " for "
                        + Arrays.toString(target) + "; expected equal sizes or 1");
            }
            newStrides[i] = i < shift || (dims[i - shift] == 1 && target[i] != 1) ? 0 : strides[i - shift];
        }
        return new Strided(buffer, offset, target.clone(), newStrides);
    }

    /** Returns one of the equal parts if the first of three or more axes only repeats them, else the tensor. */
    Strided withoutRepeats() {
        return rank() > 2 && dims[0] > 1 && strides[0] == 0 ? slice(0, 0, 1, 1) : this;
    }

    /** Returns the tensor in another shape; empty if elements would have to move. */
    Optional<Strided> reshape(long... target) {
        if (size() == 0) { // caches that a model does not use are empty
            return Optional.of(new Strided(buffer, offset, target.clone(), new long[target.length]));
        }
        List<long[]> runs = runs();
        long[] newStrides = new long[target.length];
        int at = target.length - 1;
        for (int r = runs.size() - 1; r >= 0; r--) {
            long left = runs.get(r)[0];
            long stride = runs.get(r)[1];
            while (at >= 0 && (target[at] == 1 || left > 1)) {
                if (left % target[at] != 0) {
                    return Optional.empty();
                }
                newStrides[at] = stride;
                stride *= target[at];
                left /= target[at];
                at--;
            }
            if (left != 1) {
                return Optional.empty();
            }
        }
        while (at >= 0 && target[at] == 1) {
            newStrides[at--] = 1;
        }
        return at < 0 ? Optional.of(new Strided(buffer, offset, target.clone(), newStrides)) : Optional.empty();
    }

    /** Returns the sizes and strides of the axes after joining all that can be joined, without axes of size 1. */
    private List<long[]> runs() {
        List<long[]> runs = new ArrayList<>();
        for (int i = 0; i < rank(); i++) {
            if (dims[i] == 1) {
                continue;
            }
            long[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last[1] == dims[i] * strides[i]) {
                last[0] *= dims[i];
                last[1] = strides[i];
            } else {
                runs.add(new long[] {dims[i], strides[i]});
            }
        }
        return runs;
    }

    /** Returns this view as rows over the last axis, if that axis is contiguous and all others can be joined. */
    Optional<Rows> rows() {
        long columns = rank() == 0 ? 1 : dims[rank() - 1];
        if (columns > 1 && strides[rank() - 1] != 1) {
            return Optional.empty();
        }
        long rows = columns == 0 ? 0 : size() / columns;
        Optional<Strided> flat = reshape(rows, columns);
        return flat.map(f -> new Rows(buffer, f.offset, rows, columns, rows == 1 ? columns : f.strides[0]));
    }

    /**
     * Returns views of the same elements in the same order with the fewest axes that all tensors can share: axes of
     * size 1 are left out and neighbours are joined, so that the innermost loop is long.
     *
     * @param tensors of one shape
     */
    static Strided[] joined(Strided... tensors) {
        long[] dims = tensors[0].dims;
        List<Long> sizes = new ArrayList<>();
        List<List<Long>> steps = new ArrayList<>();
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 1) {
                continue;
            }
            int axis = i;
            List<Long> step = Arrays.stream(tensors).map(t -> t.strides[axis]).toList();
            int last = sizes.size() - 1;
            if (last >= 0 && continues(steps.get(last), step, dims[i])) {
                sizes.set(last, sizes.get(last) * dims[i]);
                steps.set(last, step);
            } else {
                sizes.add(dims[i]);
                steps.add(step);
            }
        }
        Strided[] result = new Strided[tensors.length];
        long[] newDims = sizes.stream().mapToLong(Long::longValue).toArray();
        for (int t = 0; t < tensors.length; t++) {
            int index = t;
            long[] strides = steps.stream().mapToLong(s -> s.get(index)).toArray();
            result[t] = new Strided(tensors[t].buffer, tensors[t].offset, newDims, strides);
        }
        return result;
    }

    private static boolean continues(List<Long> outer, List<Long> inner, long size) {
        for (int t = 0; t < inner.size(); t++) {
            if (outer.get(t) != inner.get(t) * size) {
                return false;
            }
        }
        return true;
    }

    boolean isDense() {
        return rank() == 0
                || reshape(size()).filter(f -> size() == 1 || f.strides[0] == 1).isPresent();
    }

    boolean sameShape(Strided other) {
        return Arrays.equals(dims, other.dims);
    }
}
