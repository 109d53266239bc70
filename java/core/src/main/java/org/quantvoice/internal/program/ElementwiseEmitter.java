package org.quantvoice.internal.program;

import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.internal.program.StepOp.Binary;

/** Writes steps that work on each element alone: functions of one tensor, of two, and selection. */
final class ElementwiseEmitter {
    private static final Map<Op, Binary> CODES = Map.ofEntries(
            Map.entry(Op.ADD, Binary.ADD),
            Map.entry(Op.SUB, Binary.SUB),
            Map.entry(Op.MUL, Binary.MUL),
            Map.entry(Op.DIV, Binary.DIV),
            Map.entry(Op.MAXIMUM, Binary.MAX),
            Map.entry(Op.MINIMUM, Binary.MIN),
            Map.entry(Op.POW, Binary.POW),
            Map.entry(Op.LT, Binary.LESS),
            Map.entry(Op.LE, Binary.LESS_EQUAL),
            Map.entry(Op.EQ, Binary.EQUAL),
            Map.entry(Op.NE, Binary.NOT_EQUAL),
            Map.entry(Op.GT, Binary.GREATER),
            Map.entry(Op.GE, Binary.GREATER_EQUAL),
            Map.entry(Op.AND, Binary.AND),
            Map.entry(Op.OR, Binary.OR),
            Map.entry(Op.XOR, Binary.NOT_EQUAL),
            Map.entry(Op.FLOOR_DIV, Binary.FLOOR_DIV));

    private final Emission emission;

    ElementwiseEmitter(Emission emission) {
        this.emission = emission;
    }

    void unary(Node node) {
        Strided x = emission.tensor(node.input(0));
        switch (node.op()) {
            case NOT -> emission.set(node.output(), combine(node, Binary.EQUAL, x, scalar(0, x), 1));
            case FLOOR -> emission.set(node.output(), combine(node, Binary.FLOOR_DIV, x, scalar(1, x), 1));
            case CLAMP -> emission.set(node.output(), clamp(node, x));
            default -> emission.set(node.output(), apply(node, x, 1, 0, activation(node)));
        }
    }

    private static Activation activation(Node node) {
        return Activation.of(node).orElseThrow(() -> Emission.unsupported(node, "this function"));
    }

    private Strided clamp(Node node, Strided x) {
        Strided result = x;
        if (node.attributes().has("min")) {
            result = combine(node, Binary.MAX, result, scalar(node.attributes().number("min", emission.sizes), x), 1);
        }
        if (node.attributes().has("max")) {
            result = combine(node, Binary.MIN, result, scalar(node.attributes().number("max", emission.sizes), x), 1);
        }
        return result;
    }

    /** Returns {@code activation(x * mul + add)}, laid out as x if x has no holes. */
    Strided apply(Node node, Strided x, double mul, double add, Activation activation) {
        int[] order = orderOf(x);
        Strided sorted = x.transpose(order);
        Strided.Rows in = emission.rows(sorted, node);
        Strided out = emission.fresh(sorted.dims());
        Strided.Rows to = out.rows().orElseThrow();
        Draft draft = emission.step(StepOp.UNARY, node).rows(in.rows()).number("n", in.columns());
        Emission.readRows(draft, "in", in).real("mul", mul).real("add", add);
        draft.number("act", activation.code()).real("act_alpha", activation.alpha());
        draft.writesRows("out", to);
        return out.transpose(inverse(order));
    }

    /** Returns the axes by falling stride, so that a transposed tensor is walked as it lies in memory. */
    private static int[] orderOf(Strided x) {
        Integer[] axes = new Integer[x.rank()];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i;
        }
        java.util.Arrays.sort(axes, (a, b) -> Long.compare(x.strides()[b], x.strides()[a]));
        return java.util.Arrays.stream(axes).mapToInt(i -> i).toArray();
    }

    private static int[] inverse(int[] order) {
        int[] result = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            result[order[i]] = i;
        }
        return result;
    }

    void binary(Node node) {
        Strided a = emission.tensor(node.input(0));
        if (node.inputs().size() > 1) {
            emission.set(node.output(), combine(node, code(node), a, emission.tensor(node.input(1)), 1));
            return;
        }
        double scalar = node.attributes().number("scalar", emission.sizes);
        boolean reverse = node.attributes().flag("reverse");
        Optional<double[]> affine = affine(node.op(), scalar, reverse);
        if (affine.isPresent()) {
            emission.set(node.output(), apply(node, a, affine.get()[0], affine.get()[1], Activation.NONE));
        } else if (node.op() == Op.POW && !reverse && scalar == 2) {
            emission.set(node.output(), combine(node, Binary.MUL, a, a, 1));
        } else {
            Strided b = scalar(scalar, a);
            emission.set(
                    node.output(), reverse ? combine(node, code(node), b, a, 1) : combine(node, code(node), a, b, 1));
        }
    }

    private static Optional<double[]> affine(Op op, double scalar, boolean reverse) {
        return switch (op) {
            case ADD -> Optional.of(new double[] {1, scalar});
            case SUB -> Optional.of(reverse ? new double[] {-1, scalar} : new double[] {1, -scalar});
            case MUL -> Optional.of(new double[] {scalar, 0});
            case DIV -> reverse ? Optional.empty() : Optional.of(new double[] {1 / scalar, 0});
            default -> Optional.empty();
        };
    }

    private static Binary code(Node node) {
        Binary code = CODES.get(node.op());
        if (code == null) {
            throw Emission.unsupported(node, "two operands");
        }
        return code;
    }

    Strided scalar(double value, Strided like) {
        long[] dims = new long[like.rank()];
        java.util.Arrays.fill(dims, 1);
        return Strided.dense(Buffer.constant(new float[] {(float) value}), dims);
    }

    /** Returns {@code a op (alpha * b)} with broadcasting, laid out as the first operand of full size. */
    Strided combine(Node node, Binary code, Strided a, Strided b, double alpha) {
        long[] dims = broadcast(a.dims(), b.dims());
        Strided left = a.expand(dims);
        Strided right = b.expand(dims);
        int[] order = orderOf(a.size() >= b.size() ? left : right);
        Strided out = emission.fresh(left.transpose(order).dims());
        Draft draft = emission.step(StepOp.BINARY, node);
        Emission.dims(draft, out, node);
        draft.number("op", code).real("alpha", alpha);
        Emission.view(draft, "a", left.transpose(order), node);
        Emission.view(draft, "b", right.transpose(order), node);
        Emission.writtenView(draft, out, node);
        return out.transpose(inverse(order));
    }

    static long[] broadcast(long[] a, long[] b) {
        long[] dims = new long[Math.max(a.length, b.length)];
        for (int i = 0; i < dims.length; i++) {
            int ia = i - (dims.length - a.length);
            int ib = i - (dims.length - b.length);
            long da = ia < 0 ? 1 : a[ia];
            dims[i] = da == 1 && ib >= 0 ? b[ib] : da;
        }
        return dims;
    }

    void maskedFill(Node node) {
        Strided x = emission.tensor(node.input(0));
        Strided value = scalar(node.attributes().number("value", emission.sizes), x);
        emission.set(node.output(), select(node, emission.tensor(node.input(1)), value, x));
    }

    void where(Node node) {
        emission.set(
                node.output(),
                select(
                        node,
                        emission.tensor(node.input(0)),
                        emission.tensor(node.input(1)),
                        emission.tensor(node.input(2))));
    }

    Strided select(Node node, Strided condition, Strided a, Strided b) {
        long[] dims = broadcast(condition.dims(), broadcast(a.dims(), b.dims()));
        Strided out = emission.fresh(dims);
        Draft draft = emission.step(StepOp.SELECT, node);
        Emission.dims(draft, out, node);
        Emission.view(draft, "cond", condition.expand(dims), node);
        Emission.view(draft, "a", a.expand(dims), node);
        Emission.view(draft, "b", b.expand(dims), node);
        Emission.writtenView(draft, out, node);
        return out;
    }

    /** Multiplies the first half of an axis by the sigmoid of the second. */
    void glu(Node node) {
        Strided x = emission.tensor(node.input(0));
        int axis = node.attributes().integer("axis");
        long half = x.dims()[axis] / 2;
        int[] order = last(axis, x.rank());
        Optional<Strided.Rows> rows = x.transpose(order).rows();
        if (rows.isPresent()) {
            long[] dims = x.transpose(order).dims().clone();
            dims[dims.length - 1] = half;
            Strided out = emission.fresh(dims);
            Draft draft =
                    emission.step(StepOp.GLU, node).rows(rows.get().rows()).number("n", half);
            Emission.readRows(draft, "in", rows.get());
            draft.writesRows("out", out.rows().orElseThrow());
            emission.set(node.output(), out.transpose(inverse(order)));
            return;
        }
        Strided gate = apply(node, x.slice(axis, half, half, 1), 1, 0, Activation.SIGMOID);
        emission.set(node.output(), combine(node, Binary.MUL, x.slice(axis, 0, half, 1), gate, 1));
    }

    /** The axes in their order, but one of them last. */
    private static int[] last(int axis, int rank) {
        return IntStream.concat(IntStream.range(0, rank).filter(i -> i != axis), IntStream.of(axis))
                .toArray();
    }

    /**
     * Casts numbers. All numbers are floats in the executor, and integers and bools up to 2^24 are exact, so casts
     * that do not round do nothing.
     */
    void cast(Node node) {
        Strided x = emission.tensor(node.input(0));
        boolean truth = node.output().type() == DType.BOOL && node.input(0).type() != DType.BOOL;
        if (truth) {
            emission.set(node.output(), combine(node, Binary.NOT_EQUAL, x, scalar(0, x), 1));
        } else {
            emission.set(node.output(), x);
        }
    }
}
