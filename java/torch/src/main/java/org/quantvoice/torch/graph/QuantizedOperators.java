package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.plan.LayerPrecision;
import org.quantvoice.quant.ActivationRange;

/**
 * Models that are quantized already: layers keep their int8 weights and the range of their input. A quantized tensor is
 * the float tensor that it stands for, and a range that goes with it to the next layer; rounding it anywhere else (a
 * layer's output before a norm, say) is left out, as the native engine leaves it out of its own models.
 */
final class QuantizedOperators {
    private static final String LINEAR = "quantized::linear_unpack";

    private QuantizedOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::quantize_per_tensor", QuantizedOperators::quantize);
        table.put("aten::dequantize", call -> call.emitSame(call.tensor(0)));
        for (boolean relu : new boolean[] {false, true}) {
            String suffix = relu ? "_relu" : "";
            table.put("quantized::linear" + suffix, call -> output(call, 2, linear(call, relu, fixed(call))));
            table.put("quantized::linear" + suffix + "_dynamic", call -> linear(call, relu, LayerPrecision.DYNAMIC));
            table.put("quantized::linear" + suffix + "_dynamic_fp16", call -> half(call, relu));
            table.put("quantized::conv1d" + suffix, call -> output(call, 2, convolution(call, relu, 1)));
            table.put("quantized::conv2d" + suffix, call -> output(call, 2, convolution(call, relu, 2)));
            table.put("quantized::add" + suffix, call -> output(call, 2, binary(Op.ADD, call, relu)));
            table.put(
                    "quantized::mul" + suffix,
                    call -> call.isTensor(1) ? output(call, 2, binary(Op.MUL, call, relu)) : times(call, relu));
        }
        table.put("quantized::cat", QuantizedOperators::concatenate);
        table.put("quantized::layer_norm", call -> output(call, 5, LayerOperators.layerNorm(call)));
        table.put("quantized::sigmoid", call -> output(call, 1, call.emit(Op.SIGMOID, Attributes.NONE, call.value(0))));
        table.put(
                "quantized::leaky_relu",
                call -> output(
                        call, 3, call.emit(Op.LEAKY_RELU, Attributes.of("slope", call.number(1)), call.value(0))));
    }

    private static Object quantize(Call call) {
        if (call.dim(3).constant() != ScalarTypes.QUINT8) {
            throw call.unsupported("to a type other than quint8");
        }
        return output(call, 1, call.emitSame(call.tensor(0)));
    }

    /** Gives a result the range whose scale and zero point are the arguments from {@code at} on. */
    private static TensorRef output(Call call, int at, TensorRef result) {
        double scale = number(call, at);
        double zero = number(call, at + 1);
        if (!(scale > 0) || Double.isInfinite(scale) || zero < 0 || zero > 255) {
            throw call.unsupported("with the scale " + scale + " and the zero point " + zero);
        }
        return result.ranged(new ActivationRange(scale, (int) zero));
    }

    private static double number(Call call, int at) {
        Object number = call.item(call.get(at)); // Python keeps ranges in tensors of one element
        return number instanceof Dim dim && dim.isConstant() ? dim.constant() : (double) number;
    }

    private static LayerPrecision fixed(Call call) {
        ActivationRange range = call.tensor(0).range();
        if (range == null) {
            throw call.unsupported("on a tensor of unknown scale");
        }
        return LayerPrecision.statically(range.scale(), range.zeroPoint());
    }

    private static TensorRef linear(Call call, boolean relu, LayerPrecision precision) {
        PackedLayer layer = PackedLayer.of(call, 1, LINEAR);
        return layer(call, Op.LINEAR, relu, precision.in(Attributes.NONE), layer, call.int8(layer));
    }

    /** Half precision weights and float sums: a float layer whose weights were rounded. */
    private static TensorRef half(Call call, boolean relu) {
        PackedLayer layer = PackedLayer.of(call, 1, LINEAR);
        return layer(call, Op.LINEAR, relu, Attributes.NONE, layer, call.floats(layer));
    }

    private static TensorRef convolution(Call call, boolean relu, int axes) {
        PackedLayer layer = PackedLayer.of(call, 1, "quantized::conv" + axes + "d_unpack");
        if (layer.flag("quantized::conv2d_transpose")) {
            throw call.unsupported("transposed");
        }
        Attributes attributes = Attributes.of(
                "stride",
                last(layer.ints("quantized::conv2d_stride"), axes),
                "padding",
                last(layer.ints("quantized::conv2d_padding"), axes),
                "dilation",
                last(layer.ints("quantized::conv2d_dilation"), axes),
                "groups",
                layer.integer("quantized::conv2d_groups"));
        return layer(
                call, axes == 1 ? Op.CONV1D : Op.CONV2D, relu, fixed(call).in(attributes), layer, call.int8(layer));
    }

    /** libtorch keeps a convolution over one axis as one over two. */
    private static int[] last(int[] setting, int count) {
        return java.util.Arrays.copyOfRange(setting, setting.length - count, setting.length);
    }

    private static TensorRef layer(
            Call call, Op op, boolean relu, Attributes attributes, PackedLayer layer, Value weight) {
        List<Value> operands = new ArrayList<>(List.of(call.value(0), weight));
        if (layer.bias() instanceof TensorRef bias) {
            operands.add(call.constant(bias, layer.path(), "bias"));
        }
        Value result = call.builder().add(op, layer.path(), attributes, operands.toArray(Value[]::new));
        return TensorRef.of(relu ? call.add(Op.RELU, Attributes.NONE, result) : result);
    }

    private static TensorRef binary(Op op, Call call, boolean relu) {
        Value result = call.add(op, Attributes.NONE, call.value(0), call.value(1));
        return TensorRef.of(relu ? call.add(Op.RELU, Attributes.NONE, result) : result);
    }

    /** By a number: the levels stay what they are, and mirror if it is below 0. */
    private static TensorRef times(Call call, boolean relu) {
        double factor = number(call, 1);
        ActivationRange range = call.tensor(0).range();
        if (factor == 0 || range == null) {
            throw call.unsupported("by " + factor + " on " + call.get(0));
        }
        int zero = factor > 0 ? range.zeroPoint() : 255 - range.zeroPoint();
        Value product = call.add(Op.MUL, Attributes.of("scalar", factor), call.value(0));
        return TensorRef.of(relu ? call.add(Op.RELU, Attributes.NONE, product) : product)
                .ranged(new ActivationRange(range.scale() * Math.abs(factor), zero));
    }

    private static Object concatenate(Call call) {
        List<Value> parts = call.values(0);
        TensorRef result =
                call.emit(Op.CONCAT, Attributes.of("axis", call.axis(1, parts.get(0))), parts.toArray(Value[]::new));
        if (call.isNone(2)) {
            return result.ranged(((TensorRef) call.list(0).get(0)).range());
        }
        return output(call, 2, result);
    }
}
