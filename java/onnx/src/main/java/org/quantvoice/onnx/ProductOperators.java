package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;

/** Linear layers, convolutions and products of activations. */
final class ProductOperators {
    private ProductOperators() {}

    static String write(Call call) {
        Op op = call.node().op();
        if (op == Op.MATMUL) {
            return call.add("MatMul", call.x(), call.name(1));
        }
        if (op == Op.ATTENTION) {
            return AttentionOperator.write(call);
        }
        return Int8Layer.of(call)
                .map(Int8Layer::write)
                .orElseGet(() -> op == Op.LINEAR ? linear(call) : convolution(call));
    }

    private static String linear(Call call) {
        return withBias(call, call.add("MatMul", call.x(), transposed(call)));
    }

    /** Adds the bias of a linear layer, if it has one. */
    static String withBias(Call call, String product) {
        return call.has(2) ? call.add("Add", product, call.name(2)) : product;
    }

    /** Returns the weight as {@code [in, out]}. */
    private static String transposed(Call call) {
        if (!call.isConstant(1)) {
            return call.add("Transpose", List.of(call.name(1)), Attribute.of("perm", 1, 0));
        }
        TensorData weight = call.constant(1);
        return call.out().shared(call.value(1).name() + ".transposed", () -> {
            int rows = Math.toIntExact(weight.shape()[0]);
            int columns = Math.toIntExact(weight.shape()[1]);
            float[] result = new float[Math.multiplyExact(rows, columns)];
            float[] row = new float[columns];
            for (int r = 0; r < rows; r++) {
                weight.read((long) r * columns, row, 0, columns);
                for (int c = 0; c < columns; c++) {
                    result[c * rows + r] = row[c];
                }
            }
            return Tensors.floats(result, columns, rows);
        });
    }

    private static String convolution(Call call) {
        List<String> inputs =
                call.has(2) ? List.of(call.x(), call.name(1), call.name(2)) : List.of(call.x(), call.name(1));
        return call.add("Conv", inputs, window(call));
    }

    /** Returns the strides, padding, dilation and groups of a convolution. */
    static AttributeProto[] window(Call call) {
        int[] padding = call.attributes().ints("padding");
        int[] pads = new int[2 * padding.length]; // ONNX lists the pads before all axes, then those after all axes
        for (int i = 0; i < pads.length; i++) {
            pads[i] = padding[i % padding.length];
        }
        return new AttributeProto[] {
            Attribute.of("strides", call.attributes().ints("stride")),
            Attribute.of("pads", pads),
            Attribute.of("dilations", call.attributes().ints("dilation")),
            Attribute.of("group", call.attributes().integer("groups"))
        };
    }
}
