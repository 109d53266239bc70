package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.torch.values.ScalarTypes;
import org.quantvoice.torch.values.TensorRef;

/**
 * Layers of models that are quantized already: they keep their int8 weights and the range of their input. A quantized
 * tensor is imported as the float tensor that it stands for, with a range that goes with it to the next layer. Rounding
 * at other places (a layer's output before a norm, for example) is left out, as in models that the native engine
 * quantizes.
 */
final class QuantizedOperators {
    private QuantizedOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::quantize_per_tensor", QuantizedOperators::quantize);
        table.put("aten::dequantize", call -> call.emitSame(call.tensor(0)));
        for (boolean relu : new boolean[] {false, true}) {
            String suffix = relu ? "_relu" : "";
            table.put("quantized::linear" + suffix, call -> output(call, 2, linear(call, relu, fixed(call))));
            table.put("quantized::linear" + suffix + "_dynamic", call -> linear(call, relu, LayerPrecision.DYNAMIC));
            table.put(
                    "quantized::linear" + suffix + "_dynamic_fp16", call -> linear(call, relu, LayerPrecision.DYNAMIC));
            for (int axes = 1; axes <= 2; axes++) {
                int count = axes;
                table.put(
                        "quantized::conv" + axes + "d" + suffix,
                        call -> output(call, 2, convolution(call, relu, count, fixed(call))));
            }
        }
        for (int axes = 1; axes <= 2; axes++) {
            int count = axes;
            table.put(
                    "quantized::conv" + axes + "d_dynamic",
                    call -> convolution(call, false, count, LayerPrecision.DYNAMIC));
        }
    }

    private static Object quantize(Call call) {
        if (call.dim(3).constant() != ScalarTypes.QUINT8) {
            throw call.unsupported("to a type other than quint8");
        }
        return output(call, 1, call.emitSame(call.tensor(0)));
    }

    /** Gives a result the range whose scale and zero point are the arguments from {@code at} on. */
    static TensorRef output(Call call, int at, TensorRef result) {
        double scale = number(call, at);
        double zero = number(call, at + 1);
        if (!(scale > 0) || Double.isInfinite(scale) || zero < 0 || zero > 255) {
            throw call.unsupported("with the scale " + scale + " and the zero point " + zero);
        }
        return result.ranged(new ActivationRange(scale, (int) zero));
    }

    static double number(Call call, int at) {
        Object number = call.item(call.get(at)); // scripts keep scales and zero points in tensors of one element
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
        PackedLayer layer = PackedLayer.of(call, 1, PackedLayer.LINEAR);
        return layer(call, Op.LINEAR, relu, Attributes.NONE, precision, layer);
    }

    private static TensorRef convolution(Call call, boolean relu, int axes, LayerPrecision precision) {
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
        return layer(call, axes == 1 ? Op.CONV1D : Op.CONV2D, relu, attributes, precision, layer);
    }

    /** Returns the settings of the last axes, because libtorch stores a convolution over one axis as one over two. */
    private static int[] last(int[] setting, int count) {
        return java.util.Arrays.copyOfRange(setting, setting.length - count, setting.length);
    }

    /**
     * Adds a layer. If its weights do not follow the int8 contract, it becomes a float layer with the dequantized
     * weights.
     */
    private static TensorRef layer(
            Call call, Op op, boolean relu, Attributes plain, LayerPrecision precision, PackedLayer layer) {
        Attributes attributes = layer.isInt8() ? precision.in(plain) : layer.stored(plain);
        List<Value> operands = new ArrayList<>(List.of(call.value(0), call.packed(layer, "weight")));
        if (layer.bias() instanceof TensorRef bias) {
            operands.add(call.constant(bias, layer.path(), "bias"));
        }
        Value result = call.builder().add(op, layer.path(), attributes, operands.toArray(Value[]::new));
        return TensorRef.of(relu ? call.add(Op.RELU, Attributes.NONE, result) : result);
    }
}
