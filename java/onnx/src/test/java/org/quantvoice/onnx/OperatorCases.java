package org.quantvoice.onnx;

import static org.quantvoice.onnx.OperatorCase.size;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Recurrence;
import org.quantvoice.graph.Shape;

/** At least one graph for every operator, with the attributes that change its form. */
final class OperatorCases {
    private final List<OperatorCase> all = new ArrayList<>();

    private OperatorCase of(Op op, String name) {
        OperatorCase made = new OperatorCase(op, op + " " + name);
        all.add(made);
        return made;
    }

    static List<OperatorCase> all() {
        OperatorCases cases = new OperatorCases();
        cases.products();
        cases.norms();
        cases.elementwise();
        cases.binary();
        cases.reductions();
        cases.layout();
        cases.made();
        cases.recurrent();
        cases.attention();
        return cases.all;
    }

    private void products() {
        of(Op.LINEAR, "bias")
                .input(floats(2, 5, 3), Shape.of(size(0, 0), size(0, 1), Dim.of(3)))
                .constant(4, 3)
                .constant(4);
        of(Op.LINEAR, "no bias, rank 2")
                .input(floats(5, 3), Shape.of(size(0, 0), Dim.of(3)))
                .constant(4, 3);
        of(Op.LINEAR, "computed weight").fixed(2, 3).fixed(4, 3);
        of(Op.MATMUL, "batched").fixed(2, 1, 4, 3).fixed(5, 3, 2);
        of(Op.MATMUL, "vectors").fixed(3).fixed(3, 2);
        of(Op.CONV1D, "stride")
                .input(floats(2, 4, 11), Shape.of(size(0, 0), Dim.of(4), Dim.symbol("T", 5)))
                .constant(6, 2, 3)
                .constant(6)
                .with("stride", new int[] {2}, "padding", new int[] {1}, "dilation", new int[] {2}, "groups", 2);
        of(Op.CONV2D, "uneven")
                .fixed(1, 2, 9, 7)
                .constant(3, 2, 3, 2)
                .with(
                        "stride",
                        new int[] {2, 1},
                        "padding",
                        new int[] {1, 0},
                        "dilation",
                        new int[] {1, 2},
                        "groups",
                        1);
    }

    private void norms() {
        of(Op.LAYER_NORM, "one axis").fixed(2, 3, 8).constant(8).constant(8).with("axes", 1, "eps", 1e-5);
        of(Op.LAYER_NORM, "two axes, no bias").fixed(2, 3, 8).constant(3, 8).with("axes", 2, "eps", 1e-5);
        of(Op.LAYER_NORM, "plain over time").x(2, 300).with("axes", 1, "eps", 1e-7);
        of(Op.GROUP_NORM, "weights")
                .input(floats(2, 6, 9), Shape.of(size(0, 0), Dim.of(6), size(0, 2)))
                .constant(6)
                .constant(6)
                .with("groups", 3, "eps", 1e-5);
        of(Op.GROUP_NORM, "plain")
                .input(floats(2, 6, 4, 5), Shape.of(size(0, 0), Dim.of(6), size(0, 2), size(0, 3)))
                .with("groups", 2, "eps", 1e-5);
        OperatorCase norm = of(Op.BATCH_NORM, "weights");
        norm.fixed(2, 5, 7)
                .constant(5)
                .constant(norm.positive(5))
                .constant(5)
                .constant(5)
                .with("eps", 1e-5);
        OperatorCase plain = of(Op.BATCH_NORM, "plain");
        plain.fixed(2, 5, 3, 2).constant(5).constant(plain.positive(5)).with("eps", 1e-3);
    }

    private void elementwise() {
        for (Op op : List.of(
                Op.RELU, Op.SILU, Op.SIGMOID, Op.TANH, Op.EXP, Op.SIN, Op.COS, Op.ABS, Op.NEG, Op.FLOOR, Op.ROUND)) {
            of(op, "float").x(3, 7);
        }
        for (Op op : List.of(Op.LOG, Op.SQRT, Op.RSQRT)) {
            OperatorCase one = of(op, "positive");
            one.input(one.positive(3, 7));
        }
        for (Op op : List.of(Op.ABS, Op.NEG)) {
            OperatorCase one = of(op, "int");
            one.input(one.longs(9, 3, 7));
        }
        of(Op.ROUND, "halves").input(ArrayTensor.of(new float[] {0.5f, 1.5f, -0.5f, -2.5f, 2.5f}, 5));
        of(Op.GELU, "erf").x(3, 70);
        of(Op.GELU, "tanh").x(3, 70).with("tanh", true);
        of(Op.LEAKY_RELU, "slope").x(9).with("slope", 0.1);
        of(Op.ELU, "alpha").x(9).with("alpha", 1.5);
        of(Op.CLAMP, "both").x(3, 9).with("min", -0.5, "max", 0.25);
        of(Op.CLAMP, "one side, of a size")
                .x(3, 9)
                .with("max", Dim.ONE.minus(size(0, 0)).plus(2));
        OperatorCase whole = of(Op.CLAMP, "int");
        whole.input(whole.longs(9, 12)).with("min", -2, "max", 3);
        OperatorCase not = of(Op.NOT, "bool");
        not.input(not.truths(9));
        of(Op.GLU, "axis 1").fixed(2, 6, 3).with("axis", 1);
        OperatorCase where = of(Op.WHERE, "mixed types");
        where.input(where.truths(2, 1), Shape.of(Dim.of(2), Dim.ONE))
                .fixed(2, 5)
                .input(where.longs(5, 5), Shape.of(5));
        OperatorCase fill = of(Op.MASKED_FILL, "broadcast");
        fill.fixed(2, 3, 4).input(fill.truths(2, 1, 4), Shape.of(2, 1, 4)).with("value", -1e9);
        for (DType to : DType.values()) {
            of(Op.CAST, "float to " + to).x(9).with("type", to.toString());
            OperatorCase truth = of(Op.CAST, "bool to " + to);
            truth.input(truth.truths(9)).with("type", to.toString());
        }
    }

    private void binary() {
        for (Op op : List.of(
                Op.ADD,
                Op.SUB,
                Op.MUL,
                Op.DIV,
                Op.MAXIMUM,
                Op.MINIMUM,
                Op.FLOOR_DIV,
                Op.EQ,
                Op.NE,
                Op.LT,
                Op.LE,
                Op.GT,
                Op.GE)) {
            of(op, "float").fixed(2, 1, 4).fixed(3, 4);
            of(op, "scalar").x(2, 4).with("scalar", 0.5);
            of(op, "reverse").x(2, 4).with("scalar", 0.5, "reverse", true);
            OperatorCase ints = of(op, "int");
            ints.input(ints.longs(7, 40), Shape.of(40)).input(ints.longs(4, 40), Shape.of(40));
            OperatorCase size = of(op, "int and a size");
            size.input(size.longs(7, 6)).with("scalar", size(0, 0).plus(-2));
            OperatorCase mixed = of(op, "int and float");
            mixed.input(mixed.longs(7, 6), Shape.of(6)).fixed(6);
        }
        OperatorCase power = of(Op.POW, "float");
        power.input(power.positive(2, 5)).with("scalar", 1.7);
        of(Op.POW, "squares").x(2, 5).with("scalar", 2);
        for (Op op : List.of(Op.AND, Op.OR, Op.XOR)) {
            OperatorCase one = of(op, "bool");
            one.input(one.truths(2, 9), Shape.of(2, 9)).input(one.truths(9), Shape.of(9));
        }
    }

    private void reductions() {
        for (Op op : List.of(Op.MEAN, Op.SUM, Op.REDUCE_MAX)) {
            of(op, "keep").x(2, 3, 4).with("axes", new int[] {1}, "keep", true);
            of(op, "drop").x(2, 3, 4).with("axes", new int[] {0, 2});
        }
        OperatorCase count = of(Op.SUM, "bool");
        count.input(count.truths(3, 9)).with("axes", new int[] {1});
        of(Op.VAR, "unbiased").x(2, 3, 5).with("axes", new int[] {2}, "correction", 1.0);
        of(Op.VAR, "two axes").x(2, 3, 5).with("axes", new int[] {0, 2}, "keep", true, "correction", 0.0);
        of(Op.CUMSUM, "axis 1").x(2, 5, 3).with("axis", 1);
        of(Op.SOFTMAX, "axis 1").x(2, 5, 3).with("axis", 1);
        of(Op.LOG_SOFTMAX, "last").x(2, 5, 3).with("axis", 2);
    }

    private void layout() {
        of(Op.SLICE, "to a size")
                .input(floats(2, 9), Shape.of(size(0, 0), Dim.symbol("T", 4)))
                .with("axis", 1, "start", 1, "end", Dim.symbol("T", 4).plus(-1), "step", 3);
        of(Op.CONCAT, "three").fixed(2, 3).fixed(2, 1).fixed(2, 4).with("axis", 1);
        of(Op.TRANSPOSE, "rank 3").x(2, 3, 4).with("order", new int[] {2, 0, 1});
        of(Op.RESHAPE, "split")
                .input(floats(2, 5, 6), Shape.of(size(0, 0), size(0, 1), Dim.of(6)))
                .with("shape", List.of(size(0, 0), size(0, 1), Dim.of(2), Dim.of(3)));
        of(Op.RESHAPE, "joined").x(2, 5, 6).with("shape", List.of(size(0, 0).times(size(0, 1)), size(0, 2)));
        of(Op.RESHAPE, "to no axes").fixed(1, 1).with("shape", List.of());
        of(Op.EXPAND, "axis")
                .input(floats(1, 5), Shape.of(Dim.ONE, size(0, 1)))
                .with("shape", List.of(size(0, 1).plus(1).floorDiv(2), size(0, 1)));
        for (String mode : List.of("constant", "reflect", "replicate")) {
            OperatorCase pad = of(Op.PAD, mode).x(2, 5);
            List<Dim> pads = List.of(Dim.ZERO, Dim.ZERO, Dim.of(2), size(0, 1).floorDiv(2));
            if (mode.equals("constant")) {
                pad.with("pads", pads, "mode", mode, "value", 1.5);
            } else {
                pad.with("pads", pads, "mode", mode);
            }
        }
        OperatorCase table = of(Op.EMBEDDING, "table").constant(6, 4);
        table.input(ids(2, 3));
        OperatorCase select = of(Op.INDEX_SELECT, "axis 1").fixed(2, 6, 3);
        select.input(ids(4)).with("axis", 1);
        of(Op.TRIANGLE, "lower").x(4, 5).with("diagonal", 1);
        OperatorCase upper = of(Op.TRIANGLE, "upper of truths");
        upper.input(upper.truths(4, 5)).with("diagonal", 0, "upper", true);
    }

    private static ArrayTensor ids(long... shape) {
        long[] values = new long[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (7L * i + 2) % 6;
        }
        return ArrayTensor.of(values, shape);
    }

    private static ArrayTensor floats(long... shape) {
        return new OperatorCase(Op.ADD, java.util.Arrays.toString(shape)).floats(shape);
    }

    private void made() {
        Dim size = size(0, 0);
        for (DType type : List.of(DType.FLOAT, DType.INT)) {
            of(Op.ARANGE, "to a size, " + type)
                    .unused(3)
                    .with("start", size.times(-1), "end", size.times(2), "step", 2, "type", type.toString());
            of(Op.FILL, "a size, " + type)
                    .unused(3)
                    .with("shape", List.of(size, Dim.of(2)), "value", size.plus(4), "type", type.toString());
        }
        of(Op.ARANGE, "down").unused(3).with("start", size, "end", -2, "step", -2, "type", "int");
        of(Op.FILL, "number").unused(3).with("shape", List.of(size, Dim.of(2)), "value", 0.25, "type", "float");
        of(Op.FILL, "truth").unused(3).with("shape", List.of(size), "value", 1, "type", "bool");
    }

    private void recurrent() {
        for (boolean batchFirst : new boolean[] {true, false}) {
            recurrence(Op.LSTM, batchFirst, true, 2, true, batchFirst);
            recurrence(Op.GRU, batchFirst, false, 2, true, !batchFirst);
            recurrence(Op.LSTM, batchFirst, false, 1, false, batchFirst);
            recurrence(Op.GRU, batchFirst, true, 1, false, !batchFirst);
            recurrence(Op.RNN, batchFirst, true, 2, true, batchFirst);
            recurrence(Op.RNN, batchFirst, true, 1, false, !batchFirst);
        }
    }

    private void recurrence(Op op, boolean batchFirst, boolean both, int layers, boolean bias, boolean state) {
        OperatorCase one = of(
                op,
                layers + " layers" + (both ? ", both ways" : "") + (state ? ", state" : "")
                        + (batchFirst ? "" : ", time first"));
        int gates = Recurrence.gates(op);
        int directions = both ? 2 : 1;
        one.input(one.floats(2, 5, 3), Shape.of(Dim.symbol("a"), Dim.symbol("b"), Dim.of(3)));
        Dim batch = batchFirst ? Dim.symbol("a") : Dim.symbol("b");
        for (int i = 0; state && i < (op == Op.LSTM ? 2 : 1); i++) {
            one.input(
                    one.floats(layers * directions, batchFirst ? 2 : 5, 4),
                    Shape.of(Dim.of(layers * directions), batch, Dim.of(4)));
        }
        for (int cell = 0; cell < layers * directions; cell++) {
            one.constant(gates * 4, cell < directions ? 3 : 4 * directions).constant(halved(one.floats(gates * 4, 4)));
            if (bias) {
                one.constant(gates * 4).constant(gates * 4);
            }
        }
        boolean relu = op == Op.RNN && bias;
        one.with(
                "layers",
                layers,
                "bidirectional",
                both,
                "batchFirst",
                batchFirst,
                "bias",
                bias,
                "state",
                state,
                "relu",
                relu);
    }

    /** Returns half of weights, so that states which nothing holds back do not grow with the frames. */
    private static ArrayTensor halved(ArrayTensor weights) {
        float[] values = weights.floats().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= 0.5f;
        }
        return ArrayTensor.of(values, weights.shape());
    }

    private void attention() {
        of(Op.ATTENTION, "plain")
                .fixed(2, 3, 4, 8)
                .fixed(2, 3, 6, 8)
                .fixed(2, 3, 6, 5)
                .with("scale", 0.3);
        of(Op.ATTENTION, "causal")
                .input(floats(2, 5, 8), Shape.of(Dim.of(2), Dim.symbol("t"), Dim.of(8)))
                .input(floats(2, 5, 8), Shape.of(Dim.of(2), Dim.symbol("t"), Dim.of(8)))
                .input(floats(2, 5, 8), Shape.of(Dim.of(2), Dim.symbol("t"), Dim.of(8)))
                .with("scale", 0.3, "causal", true);
        of(Op.ATTENTION, "float mask")
                .fixed(2, 4, 8)
                .fixed(2, 6, 8)
                .fixed(2, 6, 5)
                .fixed(4, 6)
                .with("scale", 0.3);
        boolean[] mask = new boolean[24];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % 5 != 1;
        }
        of(Op.ATTENTION, "truth mask")
                .fixed(2, 4, 8)
                .fixed(2, 6, 8)
                .fixed(2, 6, 5)
                .input(ArrayTensor.of(mask, 4, 6), Shape.of(4, 6))
                .with("scale", 0.3);
    }
}
