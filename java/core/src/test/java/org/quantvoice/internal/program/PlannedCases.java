package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Recurrence;

/** Every operator of the graph with all its optional inputs and attributes, for {@link PlannedOperatorsTest}. */
final class PlannedCases {
    private static final Dim T = Dim.symbol("T");
    private static final Set<Op> POSITIVE = EnumSet.of(Op.LOG, Op.SQRT, Op.RSQRT);

    private PlannedCases() {}

    static List<PlannedCase> all() {
        List<PlannedCase> all = new ArrayList<>();
        all.addAll(unary());
        all.addAll(binary());
        all.addAll(selections());
        all.addAll(products());
        all.addAll(convolutions());
        all.addAll(norms());
        all.addAll(attention());
        all.addAll(reductions());
        all.addAll(layout());
        all.addAll(tables());
        all.addAll(recurrences());
        return all;
    }

    private static Attributes a(Object... namesAndValues) {
        return Attributes.of(namesAndValues);
    }

    private static List<PlannedCase> unary() {
        List<PlannedCase> cases = new ArrayList<>();
        for (Op op : Op.values()) {
            if (!op.isUnary() || op == Op.CLAMP || op == Op.LEAKY_RELU || op == Op.ELU || POSITIVE.contains(op)) {
                continue;
            }
            cases.add(PlannedCase.of(op, op == Op.NOT ? "b 2 T" : "f 2 T"));
        }
        POSITIVE.forEach(op -> cases.add(PlannedCase.of(op, "P 2 7")));
        cases.add(PlannedCase.of(Op.GELU, a("tanh", true), "f 2 T"));
        cases.add(PlannedCase.of(Op.LEAKY_RELU, a("slope", 0.2), "f 2 T"));
        cases.add(PlannedCase.of(Op.ELU, a("alpha", 0.7), "f 2 T"));
        cases.add(PlannedCase.of(Op.CLAMP, a("min", -0.5), "f 2 T"));
        cases.add(PlannedCase.of(Op.CLAMP, a("max", 0.5), "f 2 T"));
        cases.add(PlannedCase.of(Op.CLAMP, a("min", -0.5, "max", 0.25), "f 2 T"));
        cases.add(PlannedCase.of(Op.CLAMP, a("max", T.plus(-3)), "i 2 T"));
        for (String type : List.of("float", "int", "bool")) {
            for (String x : List.of("f T 3", "i T 3", "b T 3")) {
                cases.add(PlannedCase.of(Op.CAST, a("type", type), x));
            }
        }
        return cases;
    }

    private static List<PlannedCase> binary() {
        List<PlannedCase> cases = new ArrayList<>();
        for (Op op : Op.values()) {
            if (!op.isBinary()) {
                continue;
            }
            if (op == Op.AND || op == Op.OR || op == Op.XOR) {
                cases.add(PlannedCase.of(op, "b 2 T", "b T"));
                continue;
            }
            boolean power = op == Op.POW;
            cases.add(PlannedCase.of(op, power ? "P 2 3" : "f 2 1 T", power ? "f T 1 3" : "f 3 1"));
            cases.add(PlannedCase.of(op, a("scalar", 2.5), power ? "P 2 3" : "f 2 T"));
            cases.add(PlannedCase.of(op, a("scalar", 1.5, "reverse", true), "P 2 3"));
            if (op != Op.DIV && op != Op.FLOOR_DIV && !power) {
                cases.add(PlannedCase.of(op, "i 2 T", "i T"));
                cases.add(PlannedCase.of(op, a("scalar", T), "i 2 T"));
            }
        }
        cases.add(PlannedCase.of(Op.FLOOR_DIV, a("scalar", Dim.of(2)), "i 2 T"));
        cases.add(PlannedCase.of(Op.POW, a("scalar", 2.0), "f 2 T"));
        return cases;
    }

    private static List<PlannedCase> selections() {
        return List.of(
                PlannedCase.of(Op.WHERE, "b 2 T", "f 2 T", "f 2 T"),
                PlannedCase.of(Op.WHERE, "b T", "f 2 1", "f 1"),
                PlannedCase.of(Op.MASKED_FILL, a("value", -3.5), "f 2 T", "b T"),
                PlannedCase.of(Op.MASKED_FILL, a("value", 0.0), "f 2 1", "b T"),
                PlannedCase.of(Op.GLU, a("axis", 1), "f 2 6 T"),
                PlannedCase.of(Op.GLU, a("axis", 2), "f 2 T 6"));
    }

    private static List<PlannedCase> products() {
        return List.of(
                PlannedCase.of(Op.LINEAR, "f 2 T 4", "F 5 4"),
                PlannedCase.of(Op.LINEAR, "f T 4", "F 5 4", "F 5"),
                PlannedCase.of(Op.LINEAR, "f 4", "F 5 4", "F 5"),
                PlannedCase.of(Op.LINEAR, "f 2 T 4", "f 5 4", "f 5"),
                PlannedCase.of(Op.MATMUL, "f T 4", "f 4 3"),
                PlannedCase.of(Op.MATMUL, "f 2 3 T 4", "f 2 3 4 T"),
                PlannedCase.of(Op.MATMUL, "f 2 1 T 4", "f 3 4 2"),
                PlannedCase.of(Op.MATMUL, "f 2 3 1 T 4", "f 3 2 4 2"),
                PlannedCase.of(Op.MATMUL, "f 4", "f 2 4 T"),
                PlannedCase.of(Op.MATMUL, "f 2 T 4", "f 4"),
                PlannedCase.of(Op.MATMUL, "f 4", "f 4"));
    }

    private static Attributes conv(int[] stride, int[] padding, int[] dilation, int groups) {
        return a("stride", stride, "padding", padding, "dilation", dilation, "groups", groups);
    }

    private static Attributes conv1(int stride, int padding, int dilation, int groups) {
        return conv(new int[] {stride}, new int[] {padding}, new int[] {dilation}, groups);
    }

    private static List<PlannedCase> convolutions() {
        List<PlannedCase> cases = new ArrayList<>();
        for (int batch = 1; batch <= 2; batch++) {
            String x = "f " + batch + " 4 T";
            for (int dilation = 1; dilation <= 2; dilation++) {
                cases.add(PlannedCase.of(Op.CONV1D, conv1(1, 2, dilation, 1), x, "F 6 4 3"));
                cases.add(PlannedCase.of(Op.CONV1D, conv1(2, 2, dilation, 1), x, "F 6 4 3", "F 6"));
                cases.add(PlannedCase.of(Op.CONV1D, conv1(2, 3, dilation, 2), x, "F 6 2 3", "F 6"));
                cases.add(PlannedCase.of(Op.CONV1D, conv1(1, 2, dilation, 4), x, "F 4 1 3"));
                cases.add(PlannedCase.of(Op.CONV1D, conv1(2, 2, dilation, 4), x, "F 4 1 3", "F 4"));
                cases.add(PlannedCase.of(Op.CONV1D, conv1(1, 2, dilation, 4), x, "F 8 1 3", "F 8"));
            }
            cases.add(PlannedCase.of(Op.CONV1D, conv1(1, 0, 1, 1), x, "F 6 4 1", "F 6"));
            String image = "f " + batch + " 4 T 7";
            int[] twoByOne = {2, 1};
            int[] padding = {2, 3};
            for (int dilation = 1; dilation <= 2; dilation++) {
                int[] dilations = {1, dilation};
                cases.add(PlannedCase.of(Op.CONV2D, conv(twoByOne, padding, dilations, 1), image, "F 6 4 3 2", "F 6"));
                cases.add(PlannedCase.of(Op.CONV2D, conv(twoByOne, padding, dilations, 2), image, "F 6 2 3 2", "F 6"));
                cases.add(PlannedCase.of(Op.CONV2D, conv(twoByOne, padding, dilations, 4), image, "F 4 1 3 2", "F 4"));
                cases.add(PlannedCase.of(Op.CONV2D, conv(new int[] {1, 2}, padding, dilations, 4), image, "F 8 1 3 2"));
            }
            cases.add(PlannedCase.of(
                    Op.CONV2D, conv(new int[] {1, 1}, new int[] {0, 0}, new int[] {1, 1}, 4), image, "F 4 1 1 1"));
        }
        return cases;
    }

    private static List<PlannedCase> norms() {
        List<PlannedCase> cases = new ArrayList<>();
        cases.add(PlannedCase.of(Op.LAYER_NORM, a("axes", 1, "eps", 1e-5), "f 2 T 6"));
        cases.add(PlannedCase.of(Op.LAYER_NORM, a("axes", 1, "eps", 1e-5), "f 2 T 6", "F 6"));
        cases.add(PlannedCase.of(Op.LAYER_NORM, a("axes", 1, "eps", 1e-5), "f 2 T 6", "F 6", "F 6"));
        cases.add(PlannedCase.of(Op.LAYER_NORM, a("axes", 2, "eps", 1e-5), "f T 3 6", "F 3 6", "F 3 6"));
        cases.add(PlannedCase.of(Op.LAYER_NORM, a("axes", 1, "eps", 1e-5), "f 2 T 6", "f 6", "f 6"));
        cases.add(PlannedCase.of(Op.GROUP_NORM, a("groups", 2, "eps", 1e-5), "f 2 4 T"));
        cases.add(PlannedCase.of(Op.GROUP_NORM, a("groups", 2, "eps", 1e-5), "f 2 4 T 3", "F 4", "F 4"));
        cases.add(PlannedCase.of(Op.GROUP_NORM, a("groups", 4, "eps", 1e-5), "f 2 4 T", "f 4", "f 4"));
        cases.add(PlannedCase.of(Op.BATCH_NORM, a("eps", 1e-5), "f 2 4 T", "F 4", "P 4"));
        cases.add(PlannedCase.of(Op.BATCH_NORM, a("eps", 1e-5), "f 2 4 T 3", "F 4", "P 4", "F 4", "F 4"));
        for (int axis = 0; axis < 3; axis++) {
            cases.add(PlannedCase.of(Op.SOFTMAX, a("axis", axis), "f 2 T 6"));
            cases.add(PlannedCase.of(Op.LOG_SOFTMAX, a("axis", axis), "f 2 T 6"));
        }
        return cases;
    }

    private static List<PlannedCase> attention() {
        List<PlannedCase> cases = new ArrayList<>();
        List<String> masks = List.of(
                "f T T",
                "f 2 T T",
                "f 2 1 T",
                "f 1 2 T T",
                "f 1 1 T T",
                "f 1 1 1 T",
                "f T",
                "b T T",
                "b 2 T T",
                "b 3 1 1 T",
                "b 3 2 T T",
                "b 1 2 T T",
                "b 1 1 1 T",
                "f 3 1 T T",
                "f 3 2 T T");
        for (Attributes attributes : List.of(a("scale", 0.5), a("scale", 0.5, "causal", true))) {
            cases.add(PlannedCase.of(Op.ATTENTION, attributes, "f 3 2 T 4", "f 3 2 T 4", "f 3 2 T 4"));
            for (String mask : masks) {
                cases.add(PlannedCase.of(Op.ATTENTION, attributes, "f 3 2 T 4", "f 3 2 T 4", "f 3 2 T 4", mask));
            }
        }
        cases.add(PlannedCase.of(Op.ATTENTION, a("scale", 2.0), "f T 4", "f T 4", "f T 4"));
        cases.add(PlannedCase.of(Op.ATTENTION, a("scale", 2.0), "f 2 T 4", "f 2 5 4", "f 2 5 6"));
        cases.add(PlannedCase.of(Op.ATTENTION, a("scale", 2.0), "f 1 4 T 4", "f 1 1 T 4", "f 1 1 T 4"));
        cases.add(PlannedCase.of(Op.ATTENTION, a("scale", 2.0, "causal", true), "f 1 2 T 4", "f 1 2 5 4", "f 1 2 5 4"));
        cases.add(PlannedCase.of(Op.ATTENTION, a("scale", 0.3), "f 2 1 2 T 4", "f 2 1 2 T 4", "f 2 1 2 T 4", "f T T"));
        return cases;
    }

    private static List<PlannedCase> reductions() {
        List<PlannedCase> cases = new ArrayList<>();
        for (Op op : List.of(Op.MEAN, Op.SUM, Op.VAR, Op.REDUCE_MAX)) {
            for (int[] axes : List.of(new int[] {0}, new int[] {1, 2}, new int[] {0, 2}, new int[] {0, 1, 2})) {
                Attributes plain = op == Op.VAR ? a("axes", axes, "correction", 0.0) : a("axes", axes);
                cases.add(PlannedCase.of(op, plain, "f 2 T 3"));
                cases.add(PlannedCase.of(op, plain.with("keep", true), "f 2 T 3"));
            }
        }
        cases.add(PlannedCase.of(Op.VAR, a("axes", new int[] {2}, "correction", 1.0), "f 2 T 3"));
        cases.add(PlannedCase.of(Op.SUM, a("axes", new int[] {1}), "i 2 T"));
        cases.add(PlannedCase.of(Op.SUM, a("axes", new int[] {1}), "b 2 T"));
        cases.add(PlannedCase.of(Op.REDUCE_MAX, a("axes", new int[] {1}), "b 2 T"));
        for (int axis = 0; axis < 3; axis++) {
            cases.add(PlannedCase.of(Op.CUMSUM, a("axis", axis), "f 2 T 3"));
        }
        cases.add(PlannedCase.of(Op.CUMSUM, a("axis", 0), "b T"));
        return cases;
    }

    private static List<PlannedCase> layout() {
        List<PlannedCase> cases = new ArrayList<>(List.of(
                PlannedCase.of(Op.SLICE, a("axis", 1, "start", 1, "end", 6, "step", 2), "f 2 7 T"),
                PlannedCase.of(Op.SLICE, a("axis", 1, "start", 0, "end", T, "step", 1), "f 2 T"),
                PlannedCase.of(Op.CONCAT, a("axis", 1), "f 2 T 3", "f 2 1 3", "f 2 T 3"),
                PlannedCase.of(Op.TRANSPOSE, a("order", new int[] {2, 0, 1}), "f 2 T 3"),
                PlannedCase.of(Op.RESHAPE, a("shape", List.of(T, Dim.of(6))), "f 2 T 3"),
                PlannedCase.of(Op.EXPAND, a("shape", List.of(Dim.of(4), T, Dim.of(3))), "f 1 T 1"),
                PlannedCase.of(Op.ARANGE, a("start", 1, "end", T.times(3), "step", 2, "type", "int")),
                PlannedCase.of(Op.ARANGE, a("start", T, "end", -2, "step", -1, "type", "float")),
                PlannedCase.of(Op.FILL, a("shape", List.of(Dim.of(2), T), "value", 0.5, "type", "float")),
                PlannedCase.of(Op.FILL, a("shape", List.of(T), "value", T, "type", "int"))));
        for (String mode : List.of("constant", "reflect", "replicate")) {
            Attributes pads = a(
                    "pads",
                    Arrays.stream(new int[] {0, 0, 3, 2, 1, 2})
                            .mapToObj(Dim::of)
                            .toList());
            cases.add(PlannedCase.of(Op.PAD, pads.with("mode", mode).with("value", 1.5), "f 2 4 T4"));
        }
        Attributes cut = a("pads", List.of(Dim.ZERO, Dim.ZERO, Dim.of(-1), Dim.of(2)));
        cases.add(PlannedCase.of(Op.PAD, cut.with("mode", "constant").with("value", 1.5), "f 2 4"));
        for (int diagonal = -1; diagonal <= 1; diagonal++) {
            cases.add(PlannedCase.of(Op.TRIANGLE, a("diagonal", diagonal), "f 2 T T"));
            cases.add(PlannedCase.of(Op.TRIANGLE, a("diagonal", diagonal, "upper", true), "f T 3"));
        }
        return cases;
    }

    private static List<PlannedCase> tables() {
        return List.of(
                PlannedCase.of(Op.EMBEDDING, "F 4 3", "i 2 T"),
                PlannedCase.of(Op.EMBEDDING, "I 4 3", "i T"),
                PlannedCase.of(Op.EMBEDDING, "F 4 3", "I 5"),
                PlannedCase.of(Op.INDEX_SELECT, a("axis", 0), "F 4 3", "i T"),
                PlannedCase.of(Op.INDEX_SELECT, a("axis", 1), "f 2 4 T", "I 5"));
    }

    private static List<PlannedCase> recurrences() {
        List<PlannedCase> cases = new ArrayList<>();
        for (Op op : List.of(Op.LSTM, Op.GRU, Op.RNN)) {
            for (int form = 0; form < 16; form++) {
                cases.add(recurrence(op, (form & 1) != 0, (form & 2) != 0, (form & 4) != 0, (form & 8) != 0));
            }
        }
        return cases;
    }

    private static PlannedCase recurrence(Op op, boolean bias, boolean both, boolean batchFirst, boolean state) {
        int gates = Recurrence.gates(op);
        int hidden = 3;
        int layers = 2;
        int directions = both ? 2 : 1;
        List<String> operands = new ArrayList<>(List.of(batchFirst ? "f 1 T 5" : "f T 1 5"));
        for (int i = 0; state && i < (op == Op.LSTM ? 2 : 1); i++) {
            operands.add("f " + layers * directions + " 1 " + hidden);
        }
        for (int cell = 0; cell < layers * directions; cell++) {
            int width = cell < directions ? 5 : hidden * directions;
            operands.add("F " + gates * hidden + " " + width);
            operands.add("F " + gates * hidden + " " + hidden);
            for (int i = 0; bias && i < 2; i++) {
                operands.add("F " + gates * hidden);
            }
        }
        Attributes attributes =
                a("layers", layers, "bidirectional", both, "batchFirst", batchFirst, "bias", bias, "state", state);
        boolean relu = op == Op.RNN && bias;
        return new PlannedCase(op, relu ? attributes.with("relu", true) : attributes, operands);
    }
}
