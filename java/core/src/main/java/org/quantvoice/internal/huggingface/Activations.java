package org.quantvoice.internal.huggingface;

import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Writes activation functions by the names that configurations give them. */
final class Activations {
    /** Functions that are a single operator. */
    private static final Map<String, Op> SINGLE = Map.of(
            "gelu", Op.GELU,
            "gelu_python", Op.GELU,
            "relu", Op.RELU,
            "sigmoid", Op.SIGMOID,
            "silu", Op.SILU,
            "swish", Op.SILU,
            "tanh", Op.TANH);

    private static final double LEAKY_SLOPE = 0.01;
    private static final double QUICK_GELU = 1.702;
    private static final String KNOWN =
            "gelu, gelu_10, gelu_accurate, gelu_fast, gelu_new, gelu_python, gelu_python_tanh, gelu_pytorch_tanh,"
                    + " hardswish, leaky_relu, linear, mish, quick_gelu, relu, relu2, relu6, sigmoid, silu, swish or tanh";

    private Activations() {}

    /** Applies the function with a name. */
    static Value apply(GraphBuilder graph, String path, String name, Value x, Settings settings) {
        if (SINGLE.containsKey(name)) {
            return graph.add(SINGLE.get(name), path, Attributes.NONE, x);
        }
        return switch (name) {
            case "linear" -> x;
            case "gelu_accurate", "gelu_fast", "gelu_new", "gelu_python_tanh", "gelu_pytorch_tanh" ->
                graph.add(Op.GELU, path, Attributes.of("tanh", true), x);
            case "gelu_10" -> clamp(graph, path, graph.add(Op.GELU, path, Attributes.NONE, x), -10, 10);
            case "leaky_relu" -> graph.add(Op.LEAKY_RELU, path, Attributes.of("slope", LEAKY_SLOPE), x);
            case "quick_gelu" -> graph.add(Op.MUL, path, Attributes.NONE, x, sigmoid(graph, path, x));
            case "relu2" -> {
                Value positive = graph.add(Op.RELU, path, Attributes.NONE, x);
                yield graph.add(Op.MUL, path, Attributes.NONE, positive, positive);
            }
            case "relu6" -> clamp(graph, path, x, 0, 6);
            case "hardswish" -> hardSwish(graph, path, x);
            case "mish" -> mish(graph, path, x);
            default -> throw settings.unsupported("the activation '" + name + "'", KNOWN);
        };
    }

    private static Value scalar(GraphBuilder graph, String path, Op op, Value x, double number) {
        return graph.add(op, path, Attributes.of("scalar", number), x);
    }

    private static Value clamp(GraphBuilder graph, String path, Value x, double min, double max) {
        return graph.add(Op.CLAMP, path, Attributes.of("min", min, "max", max), x);
    }

    private static Value sigmoid(GraphBuilder graph, String path, Value x) {
        return graph.add(Op.SIGMOID, path, Attributes.NONE, scalar(graph, path, Op.MUL, x, QUICK_GELU));
    }

    /** Writes hard swish: x times (x + 3, limited to 0 to 6) / 6. */
    private static Value hardSwish(GraphBuilder graph, String path, Value x) {
        Value gate = clamp(graph, path, scalar(graph, path, Op.ADD, x, 3.0), 0, 6);
        return scalar(graph, path, Op.MUL, graph.add(Op.MUL, path, Attributes.NONE, x, gate), 1.0 / 6);
    }

    /**
     * Writes mish, x tanh(ln(1 + e^x)). With e = e^(-|x|) it is x (1 + 2 e) / (1 + 2 e + 2 e^2) for positive x, and x
     * (e^2 + 2 e) / (e^2 + 2 e + 2) for others, so that nothing overflows.
     */
    private static Value mish(GraphBuilder graph, String path, Value x) {
        Value away = graph.add(Op.NEG, path, Attributes.NONE, graph.add(Op.ABS, path, Attributes.NONE, x));
        Value e = graph.add(Op.EXP, path, Attributes.NONE, away);
        Value square = graph.add(Op.MUL, path, Attributes.NONE, e, e);
        Value twice = scalar(graph, path, Op.MUL, e, 2.0);
        Value up = scalar(graph, path, Op.ADD, twice, 1.0);
        Value upBelow = graph.add(Op.ADD, path, Attributes.NONE, up, scalar(graph, path, Op.MUL, square, 2.0));
        Value down = graph.add(Op.ADD, path, Attributes.NONE, square, twice);
        Value downBelow = scalar(graph, path, Op.ADD, down, 2.0);
        Value positive = graph.add(Op.GT, path, Attributes.of("scalar", 0.0), x);
        Value factor = graph.add(
                Op.WHERE,
                path,
                Attributes.NONE,
                positive,
                graph.add(Op.DIV, path, Attributes.NONE, up, upBelow),
                graph.add(Op.DIV, path, Attributes.NONE, down, downBelow));
        return graph.add(Op.MUL, path, Attributes.NONE, x, factor);
    }
}
