package org.quantvoice.internal.program;

import java.util.Arrays;
import org.quantvoice.graph.Node;

/** Writes batched products of two tensors neither of which has packed weights. */
final class TensorProducts {
    /** Number of leading axes that the executor's product loops over. */
    private static final int BATCH_AXES = 2;

    private final Emission emission;

    TensorProducts(Emission emission) {
        this.emission = emission;
    }

    /**
     * Multiplies {@code a [.., m, k]} by {@code b [.., k, n]}: leading axes broadcast, and a tensor of one axis is a
     * vector, as in NumPy.
     */
    Strided matmul(Node node, Strided a, Strided b) {
        if (a.rank() == 1) {
            Strided row = matmul(node, a.expand(1, a.dims()[0]), b);
            return squeezed(row, b.rank() == 1 ? row.rank() - 1 : row.rank() - 2);
        }
        if (b.rank() == 1) {
            Strided column =
                    new Strided(b.buffer(), b.offset(), new long[] {b.dims()[0], 1}, new long[] {b.strides()[0], 1});
            Strided product = matmul(node, a, column);
            return squeezed(product, product.rank() - 1);
        }
        if (a.dims()[a.rank() - 1] != b.dims()[b.rank() - 2]) {
            throw new IllegalArgumentException("got a product of " + Arrays.toString(a.dims()) + " and "
                    + Arrays.toString(b.dims()) + "; expected equal inner sizes");
        }
        long[] batch = ElementwiseEmitter.broadcast(leading(a), leading(b));
        Strided left = flat(node, a, batch);
        Strided right = flat(node, b, batch);
        Strided out = emission.fresh(left.dims()[0], left.dims()[1], left.dims()[2], right.dims()[3]);
        product(node, left, right, out);
        long[] dims = Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = a.dims()[a.rank() - 2];
        dims[batch.length + 1] = b.dims()[b.rank() - 1];
        return out.reshape(dims).orElseThrow();
    }

    /**
     * Returns whether the product of two tensors can be written to a given place: no axis of theirs need be joined or
     * taken off.
     */
    static boolean takesPlace(Strided a, Strided b) {
        return a.rank() >= 2 && b.rank() >= 2 && Math.max(a.rank(), b.rank()) <= BATCH_AXES + 2;
    }

    /** Writes the product into a place of the result's shape, whose rows are contiguous. */
    void matmul(Node node, Strided a, Strided b, Strided into) {
        long[] batch = leading(into);
        product(node, flat(node, a, batch), flat(node, b, batch), flat(node, into, batch));
    }

    private static Strided squeezed(Strided x, int axis) {
        long[] dims = new long[x.rank() - 1];
        long[] strides = new long[x.rank() - 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = x.dims()[i < axis ? i : i + 1];
            strides[i] = x.strides()[i < axis ? i : i + 1];
        }
        return new Strided(x.buffer(), x.offset(), dims, strides);
    }

    private static long[] leading(Strided x) {
        return Arrays.copyOf(x.dims(), x.rank() - 2);
    }

    /** Returns the tensor with exactly {@link #BATCH_AXES} axes before the matrix. */
    private Strided flat(Node node, Strided x, long[] batch) {
        long rows = x.dims()[x.rank() - 2];
        long columns = x.dims()[x.rank() - 1];
        if (batch.length <= BATCH_AXES) {
            long[] dims = {1, 1, rows, columns};
            System.arraycopy(batch, 0, dims, BATCH_AXES - batch.length, batch.length);
            return x.expand(dims);
        }
        long[] dims = Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = rows;
        dims[batch.length + 1] = columns;
        Strided whole = x.expand(dims);
        long[] joined = {1, Strided.product(batch), rows, columns};
        return whole.reshape(joined)
                .orElseGet(() -> emission.copy(whole, node).reshape(joined).orElseThrow());
    }

    private void product(Node node, Strided a, Strided b, Strided out) {
        Draft draft = emission.step(StepOp.MATMUL, node)
                .number("batch0", out.dims()[0])
                .number("batch1", out.dims()[1])
                .number("m", out.dims()[2])
                .number("n", out.dims()[3])
                .number("k", a.dims()[3]);
        strides(draft.reads("a", a.buffer(), a.offset()), "a", a).number("a_col", a.strides()[3]);
        strides(draft.reads("b", b.buffer(), b.offset()), "b", b).number("b_col", b.strides()[3]);
        strides(draft.writes("out", out.buffer(), out.offset()), "out", out);
        draft.operations = 2 * out.size() * a.dims()[3];
    }

    private static Draft strides(Draft draft, String field, Strided tensor) {
        return draft.number(field + "_batch0", tensor.strides()[0])
                .number(field + "_batch1", tensor.strides()[1])
                .number(field + "_row", tensor.strides()[2]);
    }
}
