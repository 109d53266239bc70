package org.quantvoice.onnx;

import java.util.List;
import org.quantvoice.graph.DType;

/** Operators on each element alone, and choices between elements. */
final class ElementwiseOperators {
    private ElementwiseOperators() {}

    static String write(Call call) {
        return switch (call.node().op()) {
            case CAST -> call.as(call.type(), 0);
            case CLAMP -> clamp(call);
            case WHERE ->
                call.add("Where", List.of(call.as(DType.BOOL, 0), call.as(call.type(), 1), call.as(call.type(), 2)));
            case MASKED_FILL ->
                call.add(
                        "Where",
                        List.of(
                                call.name(1),
                                call.out().scalar(call.type(), call.attributes().number("value")),
                                call.x()));
            default -> unary(call);
        };
    }

    private static String clamp(Call call) {
        DType type = call.value(0).type();
        if (type == DType.BOOL) {
            throw call.unsupported("truth values");
        }
        String min = call.attributes().has("min") ? call.scalar("min", type) : "";
        String max = call.attributes().has("max") ? call.scalar("max", type) : "";
        return call.add("Clip", List.of(call.x(), min, max));
    }

    private static String unary(Call call) {
        return switch (call.node().op()) {
            case GELU -> call.attributes().flag("tanh") ? geluTanh(call) : gelu(call);
            case RELU -> call.add("Relu", call.x());
            case LEAKY_RELU -> call.add("LeakyRelu", List.of(call.x()), alpha(call, "slope"));
            case ELU -> call.add("Elu", List.of(call.x()), alpha(call, "alpha"));
            case SILU -> call.add("Mul", call.x(), call.add("Sigmoid", call.x()));
            case SIGMOID -> call.add("Sigmoid", floating(call));
            case TANH -> call.add("Tanh", floating(call));
            case EXP -> call.add("Exp", floating(call));
            case LOG -> call.add("Log", floating(call));
            case SQRT -> call.add("Sqrt", floating(call));
            case RSQRT -> call.add("Reciprocal", call.add("Sqrt", floating(call)));
            case SIN -> call.add("Sin", floating(call));
            case COS -> call.add("Cos", floating(call));
            case ABS -> call.add("Abs", call.x());
            case NEG -> call.add("Neg", call.x());
            case FLOOR -> call.type() == DType.INT ? call.x() : call.add("Floor", call.x());
            case ROUND -> call.type() == DType.INT ? call.x() : call.add("Round", call.x());
            case NOT -> call.add("Not", call.x());
            default -> throw call.unsupported("no rule for it");
        };
    }

    private static String floating(Call call) {
        return call.as(DType.FLOAT, 0);
    }

    private static ai.onnx.proto.OnnxMl.AttributeProto alpha(Call call, String name) {
        return Attribute.of("alpha", (float) call.attributes().number(name));
    }

    /** Writes {@code x (1 + erf(x / sqrt 2)) / 2}, in the order of operations that runtimes fuse to one operator. */
    private static String gelu(Call call) {
        String erf = call.add("Erf", call.add("Div", call.x(), call.scalar(Math.sqrt(2))));
        String product = call.add("Mul", call.x(), call.add("Add", erf, call.scalar(1)));
        return call.add("Mul", product, call.scalar(0.5));
    }

    /** Writes {@code x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2}. */
    private static String geluTanh(Call call) {
        String cube = call.add("Pow", call.x(), call.scalar(3));
        String inner = call.add("Add", call.x(), call.add("Mul", cube, call.scalar(0.044715)));
        String tanh = call.add("Tanh", call.add("Mul", inner, call.scalar(Math.sqrt(2 / Math.PI))));
        String product = call.add("Mul", call.x(), call.add("Add", tanh, call.scalar(1)));
        return call.add("Mul", product, call.scalar(0.5));
    }
}
