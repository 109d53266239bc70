package org.quantvoice.torch.values;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;

/**
 * Derives from sizes what the elements of a tensor are: all the same number (lengths of a batch that is not padded,
 * masks of ones), or integers between two bounds (positions). Models branch on lengths and masks; where all sequences
 * have their full length, sizes decide these branches.
 */
public final class UniformValues {
    private static final int MOST_ELEMENTS = 4096;
    private static final long MOST_PARTS = 1 << 20;

    /** The number that all elements are, as {@code top / bottom}. */
    public record Ratio(Dim top, long bottom) {
        public static Ratio of(Dim whole) {
            return new Ratio(whole, 1);
        }

        public static Ratio of(boolean truth) {
            return of(Dim.of(truth ? 1 : 0));
        }

        public Ratio plus(Ratio other, int sign) {
            Dim sum = top.times(other.bottom).plus(other.top.times(bottom).times(sign));
            return new Ratio(sum, bottom * other.bottom);
        }

        public Ratio floor() {
            return of(top.floorDiv(bottom));
        }
    }

    /** The bounds of integers; elements reach both bounds. */
    public record Bounds(Dim low, Dim high) {}

    private final GraphBuilder builder;
    private final Map<Integer, Optional<Ratio>> ratios = new HashMap<>();
    private final Map<Integer, Optional<Bounds>> bounds = new HashMap<>();

    public UniformValues(GraphBuilder builder) {
        this.builder = builder;
    }

    /** Returns the one number that all elements are: an integer as a {@link Dim}, or a double. */
    public Optional<Object> number(Value value) {
        return ratio(value).map(r -> {
            if (value.type() == DType.FLOAT) {
                return r.top().isConstant() ? (Object) ((double) r.top().constant() / r.bottom()) : null;
            }
            return r.bottom() == 1 ? r.top() : null;
        });
    }

    /** Returns the one truth value that all elements of a bool tensor are. */
    public Optional<Boolean> truth(Value value) {
        return value.type() == DType.BOOL ? ratio(value).map(r -> r.top().is(1)) : Optional.empty();
    }

    public boolean isAtLeastZero(Value value) {
        return bounds(value).map(b -> b.low().isAtLeast(0)).orElse(false);
    }

    public Optional<Ratio> ratio(Value value) {
        Optional<Ratio> known = ratios.get(value.id());
        if (known == null) {
            known = builder.producer(value).flatMap(this::ofNode).or(() -> ofConstant(value));
            ratios.put(value.id(), known);
        }
        return known;
    }

    private Optional<Ratio> ofConstant(Value value) {
        TensorData data = builder.constant(value).map(Constant::data).orElse(null);
        if (data == null || data.size() == 0 || data.size() > MOST_ELEMENTS) {
            return Optional.empty();
        }
        double first = Double.NaN;
        for (int i = 0; i < data.size(); i++) {
            double element = element(data, i);
            if (i > 0 && element != first) {
                return Optional.empty();
            }
            first = element;
        }
        return exact(first);
    }

    private static double element(TensorData data, int index) {
        return switch (data.type()) {
            case FLOAT -> data.floats()[index];
            case INT -> data.longs()[index];
            case BOOL -> data.booleans()[index] ? 1 : 0;
        };
    }

    /** Returns a real number as a fraction whose denominator is a small power of two. */
    public static Optional<Ratio> exact(double number) {
        for (long bottom = 1; bottom <= MOST_PARTS; bottom *= 2) {
            double top = number * bottom;
            if (top == Math.rint(top) && Math.abs(top) < 1L << 52) {
                return Optional.of(new Ratio(Dim.of((long) top), bottom));
            }
        }
        return Optional.empty();
    }

    private Optional<Ratio> ofNode(Node node) {
        return switch (node.op()) {
            case FILL -> filled(node.attributes(), "value");
            case RESHAPE, EXPAND, SLICE, TRANSPOSE, INDEX_SELECT, REDUCE_MAX, MEAN, CAST -> moved(node);
            case CONCAT -> joined(node);
            case FLOOR -> ratio(node.input(0)).map(Ratio::floor);
            case NEG -> ratio(node.input(0)).map(r -> new Ratio(r.top().times(-1), r.bottom()));
            case NOT -> truth(node.input(0)).map(t -> Ratio.of(!t));
            case SUM -> summed(node);
            default -> node.op().isBinary() ? binary(node) : Optional.empty();
        };
    }

    private static Optional<Ratio> filled(Attributes attributes, String name) {
        return attributes.isInteger(name)
                ? Optional.of(Ratio.of(attributes.dim(name)))
                : exact(attributes.number(name));
    }

    private Optional<Ratio> moved(Node node) {
        Optional<Ratio> source = ratio(node.input(0));
        boolean rounds = node.op() == Op.CAST && node.output().type() == DType.INT;
        boolean truth = node.op() == Op.CAST && node.output().type() == DType.BOOL;
        if (truth) {
            return source.flatMap(r -> compared("ne", r.top(), Dim.ZERO));
        }
        return rounds
                ? source.filter(r -> r.bottom() == 1 || r.top().isAtLeast(0)).map(Ratio::floor)
                : source;
    }

    private Optional<Ratio> joined(Node node) {
        Optional<Ratio> first = ratio(node.input(0));
        return node.inputs().stream().allMatch(v -> ratio(v).equals(first)) ? first : Optional.empty();
    }

    private Optional<Ratio> summed(Node node) {
        Dim count = Dim.ONE;
        for (int axis : node.attributes().ints("axes")) {
            count = count.times(node.input(0).shape().dim(axis));
        }
        Dim times = count;
        return ratio(node.input(0)).map(r -> new Ratio(r.top().times(times), r.bottom()));
    }

    private static Optional<Ratio> compared(String comparison, Dim a, Dim b) {
        return Sizes.compare(comparison, a, b) instanceof Boolean known
                ? Optional.of(Ratio.of(known))
                : Optional.empty();
    }

    private Optional<Ratio> binary(Node node) {
        boolean scalar = node.attributes().has("scalar");
        Optional<Ratio> own = ratio(node.input(0));
        Optional<Ratio> other = scalar ? filled(node.attributes(), "scalar") : ratio(node.input(1));
        boolean reverse = node.attributes().flag("reverse");
        Optional<Ratio> a = reverse ? other : own;
        Optional<Ratio> b = reverse ? own : other;
        if (a.isPresent() && b.isPresent()) {
            return computed(node.op(), a.get(), b.get());
        }
        return switch (node.op()) {
            case AND -> shortened(a, b, false);
            case OR -> shortened(a, b, true);
            case LT, LE, GT, GE -> ordered(node, scalar);
            default -> Optional.empty();
        };
    }

    /** Returns the result of a logical operator if one side alone decides it. */
    private static Optional<Ratio> shortened(Optional<Ratio> a, Optional<Ratio> b, boolean decisive) {
        Ratio wanted = Ratio.of(decisive);
        boolean decided =
                a.filter(wanted::equals).isPresent() || b.filter(wanted::equals).isPresent();
        return decided ? Optional.of(wanted) : Optional.empty();
    }

    public static Optional<Ratio> computed(Op op, Ratio a, Ratio b) {
        Dim left = a.top().times(b.bottom());
        Dim right = b.top().times(a.bottom());
        return switch (op) {
            case ADD -> Optional.of(a.plus(b, 1));
            case SUB -> Optional.of(a.plus(b, -1));
            case MUL -> Optional.of(new Ratio(a.top().times(b.top()), a.bottom() * b.bottom()));
            case DIV -> divided(a, b);
            case FLOOR_DIV -> right.is(0) ? Optional.empty() : Optional.of(Ratio.of(left.floorDiv(right)));
            case MAXIMUM -> Optional.of(new Ratio(left.max(right), a.bottom() * b.bottom()));
            case MINIMUM -> Optional.of(new Ratio(left.min(right), a.bottom() * b.bottom()));
            case EQ, NE, LT, LE, GT, GE -> compared(op.toString(), left, right);
            case AND -> Optional.of(Ratio.of(a.top().is(1) && b.top().is(1)));
            case OR -> Optional.of(Ratio.of(a.top().is(1) || b.top().is(1)));
            case XOR -> Optional.of(Ratio.of(a.top().is(1) != b.top().is(1)));
            default -> Optional.empty();
        };
    }

    /** Divides by a constant, or by a size that divides the dividend. */
    private static Optional<Ratio> divided(Ratio a, Ratio b) {
        Optional<Dim> whole =
                b.top().is(0) ? Optional.empty() : a.top().times(b.bottom()).exactDiv(b.top());
        if (whole.isPresent()) {
            return Optional.of(new Ratio(whole.get(), a.bottom()));
        }
        if (!b.top().isConstant() || b.top().constant() <= 0 || a.bottom() > MOST_PARTS) {
            return Optional.empty();
        }
        return Optional.of(
                new Ratio(a.top().times(b.bottom()), a.bottom() * b.top().constant()));
    }

    /** Returns the result of a comparison if the bounds decide it. */
    private Optional<Ratio> ordered(Node node, boolean scalar) {
        boolean whole = !scalar || node.attributes().isInteger("scalar");
        Optional<Bounds> a = bounds(node.input(0));
        Optional<Bounds> b = !scalar
                ? bounds(node.input(1))
                : whole
                        ? Optional.of(new Bounds(
                                node.attributes().dim("scalar"),
                                node.attributes().dim("scalar")))
                        : Optional.empty();
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        boolean less =
                (node.op() == Op.LT || node.op() == Op.LE) != node.attributes().flag("reverse");
        Bounds small = less ? a.get() : b.get();
        Bounds large = less ? b.get() : a.get();
        Dim slack = Dim.of(node.op() == Op.LT || node.op() == Op.GT ? 1 : 0);
        if (large.low().minus(small.high()).minus(slack).isAtLeast(0)) {
            return Optional.of(Ratio.of(true));
        }
        boolean never = small.low().minus(large.high()).plus(slack).isAtLeast(1);
        return never ? Optional.of(Ratio.of(false)) : Optional.empty();
    }

    public Optional<Bounds> bounds(Value value) {
        if (value.type() != DType.INT) {
            return Optional.empty();
        }
        Optional<Bounds> known = bounds.get(value.id());
        if (known == null) {
            known = ratio(value)
                    .filter(r -> r.bottom() == 1)
                    .map(r -> new Bounds(r.top(), r.top()))
                    .or(() -> builder.producer(value).flatMap(this::boundsOf))
                    .or(() -> boundsOfConstant(value));
            bounds.put(value.id(), known);
        }
        return known;
    }

    private Optional<Bounds> boundsOfConstant(Value value) {
        TensorData data = builder.constant(value).map(Constant::data).orElse(null);
        if (data == null || data.size() == 0 || data.size() > MOST_PARTS) {
            return Optional.empty();
        }
        java.util.LongSummaryStatistics all =
                java.util.Arrays.stream(data.longs()).summaryStatistics();
        return Optional.of(new Bounds(Dim.of(all.getMin()), Dim.of(all.getMax())));
    }

    private Optional<Bounds> boundsOf(Node node) {
        return switch (node.op()) {
            case RESHAPE, EXPAND, SLICE, TRANSPOSE, INDEX_SELECT -> bounds(node.input(0));
            case ARANGE -> counted(node);
            case ADD, SUB, MUL -> shifted(node);
            default -> Optional.empty();
        };
    }

    private static Optional<Bounds> counted(Node node) {
        Dim start = node.attributes().dim("start");
        int step = node.attributes().integer("step");
        Dim last = start.plus(node.output().shape().dim(0).plus(-1).times(step));
        return Optional.of(step > 0 ? new Bounds(start, last) : new Bounds(last, start));
    }

    private Optional<Bounds> shifted(Node node) {
        boolean scalar = node.attributes().has("scalar");
        if (scalar
                && (!node.attributes().isInteger("scalar") || node.attributes().flag("reverse"))) {
            return Optional.empty();
        }
        Optional<Bounds> a = bounds(node.input(0));
        Optional<Bounds> b = scalar
                ? Optional.of(new Bounds(
                        node.attributes().dim("scalar"), node.attributes().dim("scalar")))
                : bounds(node.input(1));
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        return switch (node.op()) {
            case ADD ->
                Optional.of(new Bounds(
                        a.get().low().plus(b.get().low()),
                        a.get().high().plus(b.get().high())));
            case SUB ->
                Optional.of(new Bounds(
                        a.get().low().minus(b.get().high()),
                        a.get().high().minus(b.get().low())));
            default ->
                a.get().low().isAtLeast(0) && b.get().low().isAtLeast(0)
                        ? Optional.of(new Bounds(
                                a.get().low().times(b.get().low()),
                                a.get().high().times(b.get().high())))
                        : Optional.empty();
        };
    }
}
