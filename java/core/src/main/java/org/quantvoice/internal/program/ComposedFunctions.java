package org.quantvoice.internal.program;

import org.quantvoice.graph.Node;

/** Functions that the executor has no step for, composed of steps that it has; exact where the reference is exact. */
final class ComposedFunctions {
    /** The most elements of a running sum: its matrix grows with their square. */
    private static final long MOST_SUMMED = 4096;

    /** Says which elements of a matrix are kept. */
    @FunctionalInterface
    interface Places {
        boolean keeps(long row, long column);
    }

    private final Emission emission;
    private final ElementwiseEmitter elementwise;
    private final TensorProducts products;

    ComposedFunctions(Emission emission, ElementwiseEmitter elementwise, TensorProducts products) {
        this.emission = emission;
        this.elementwise = elementwise;
        this.products = products;
    }

    /** Returns a matrix of ones at the elements that are kept and zeros elsewhere. */
    static Strided band(long rows, long columns, Places places) {
        float[] ones = new float[Math.toIntExact(Math.multiplyExact(rows, columns))];
        for (int i = 0; i < ones.length; i++) {
            ones[i] = places.keeps(i / columns, i % columns) ? 1 : 0;
        }
        return Strided.dense(Buffer.constant(ones), rows, columns);
    }

    private Strided floor(Node node, Strided x) {
        return elementwise.combine(node, StepOp.Binary.FLOOR_DIV, x, elementwise.scalar(1, x), 1);
    }

    private Strided with(Node node, StepOp.Binary code, Strided x, double scalar) {
        return elementwise.combine(node, code, x, elementwise.scalar(scalar, x), 1);
    }

    /** Rounds to the nearest whole number, and halves to the even one. */
    void round(Node node) {
        Strided x = emission.tensor(node.input(0));
        Strided below = floor(node, x);
        Strided rest = elementwise.combine(node, StepOp.Binary.SUB, x, below, 1);
        Strided half = floor(node, elementwise.apply(node, below, 0.5, 0, Activation.NONE));
        Strided odd = elementwise.combine(node, StepOp.Binary.SUB, below, half, 2);
        Strided tie = elementwise.combine(node, StepOp.Binary.AND, with(node, StepOp.Binary.EQUAL, rest, 0.5), odd, 1);
        Strided above = with(node, StepOp.Binary.GREATER, rest, 0.5);
        Strided up = elementwise.combine(node, StepOp.Binary.OR, above, tie, 1);
        emission.set(node.output(), elementwise.combine(node, StepOp.Binary.ADD, below, up, 1));
    }

    /** Rounds towards zero, as a cast from float to int does. */
    void truncate(Node node) {
        Strided x = emission.tensor(node.input(0));
        Strided negative = with(node, StepOp.Binary.LESS, x, 0);
        Strided size = floor(node, elementwise.apply(node, x, 1, 0, Activation.ABS));
        Strided reflected = elementwise.apply(node, size, -1, 0, Activation.NONE);
        emission.set(node.output(), elementwise.select(node, negative, reflected, size));
    }

    /** Writes the ELU: {@code x} above zero and {@code alpha (exp(x) - 1)} below. */
    void elu(Node node) {
        Strided x = emission.tensor(node.input(0));
        Strided low = with(node, StepOp.Binary.MIN, x, 0);
        Strided curve = elementwise.apply(node, low, 1, 0, Activation.EXP);
        double alpha = node.attributes().number("alpha");
        Strided scaled = elementwise.apply(node, curve, alpha, -alpha, Activation.NONE);
        emission.set(node.output(), elementwise.select(node, with(node, StepOp.Binary.GREATER, x, 0), x, scaled));
    }

    /** Sets the elements on one side of a diagonal to zero. */
    void triangle(Node node) {
        Strided x = emission.tensor(node.input(0));
        int diagonal = node.attributes().integer("diagonal");
        boolean upper = node.attributes().flag("upper");
        Strided kept = band(
                x.dims()[x.rank() - 2],
                x.dims()[x.rank() - 1],
                (row, column) -> upper ? column - row >= diagonal : column - row <= diagonal);
        emission.set(node.output(), elementwise.select(node, kept, x, elementwise.scalar(0, x)));
    }

    /** Writes the running sum as a product with a triangle of ones. */
    void cumulative(Node node) {
        Strided x = emission.tensor(node.input(0));
        int axis = node.attributes().integer("axis");
        long size = x.dims()[axis];
        if (size > MOST_SUMMED) {
            throw Emission.unsupported(node, "a running sum over " + size + " elements that only the run knows");
        }
        Strided last = NormEmitter.swapped(x, axis);
        Strided rows = last.rank() == 1 ? last.expand(1, size) : last;
        Strided sums = products.matmul(node, rows, band(size, size, (from, to) -> from <= to));
        Strided shaped = last.rank() == 1 ? sums.reshape(size).orElseThrow() : sums;
        emission.set(node.output(), NormEmitter.swapped(shaped, axis));
    }
}
