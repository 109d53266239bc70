package org.quantvoice.graph;

import java.util.Arrays;
import java.util.List;
import org.quantvoice.error.ModelFormatException;

/** Infers types and shapes of a node's outputs; operators that contradict their operands are refused here. */
final class ShapeInference {

    private ShapeInference() {}

    static List<TensorType> infer(Op op, List<Value> in, Attributes attributes, String path) {
        try {
            return new ShapeRules(op, in, attributes).infer();
        } catch (Mismatch e) {
            throw new ModelFormatException(
                    op + (path.isEmpty() ? "" : " in " + path) + " of " + in + " " + attributes,
                    e.expected,
                    "check the model's export",
                    e);
        }
    }

    /** Thrown for operands that do not fit; the message says what was expected. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String expected;

        Mismatch(String expected) {
            super(expected);
            this.expected = expected;
        }
    }

    static void require(boolean condition, String expected) {
        if (!condition) {
            throw new Mismatch(expected);
        }
    }

    static int axis(Shape shape, int axis) {
        require(axis >= 0 && axis < shape.rank(), "an axis from 0 to " + (shape.rank() - 1) + ", not " + axis);
        return axis;
    }

    /** Returns the common size of two sizes that must be equal. */
    static Dim unify(Dim a, Dim b) {
        Dim difference = a.minus(b);
        require(mayBeZero(difference), "equal sizes, not " + a + " and " + b);
        return b.isConstant() ? b : a;
    }

    static boolean mayBeZero(Dim difference) {
        return !difference.isAtLeast(1) && !difference.isAtMost(-1);
    }

    /**
     * Broadcasts two shapes as NumPy does. Sizes that cannot be compared before a run are taken to be equal, and the
     * run checks that.
     */
    static Shape broadcast(Shape a, Shape b) {
        Dim[] result = new Dim[Math.max(a.rank(), b.rank())];
        for (int i = 1; i <= result.length; i++) {
            Dim left = i <= a.rank() ? a.dim(-i) : Dim.ONE;
            Dim right = i <= b.rank() ? b.dim(-i) : Dim.ONE;
            result[result.length - i] = left.is(1) ? right : right.is(1) ? left : unify(left, right);
        }
        return new Shape(Arrays.asList(result));
    }
}
