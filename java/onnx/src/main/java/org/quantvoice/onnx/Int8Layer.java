package org.quantvoice.onnx;

import java.util.List;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.QuantizedTensor;

/**
 * A linear layer or convolution with int8 weights and one scale per output channel; weights of fewer bits are written
 * as the int8 values that they stand for. Static ranges become QuantizeLinear and DequantizeLinear, which a runtime
 * fuses with the product between them; ranges found at run time become DynamicQuantizeLinear and an integer product.
 * ONNX has one dynamic range per tensor, where the native engine has one per row of a linear layer's input.
 */
final class Int8Layer {
    private static final int UINT8_MIDDLE = 128;

    /** A quantized activation. */
    private record Quantized(String values, String scale, String zeroPoint) {}

    private final Call call;
    private final LayerPrecision precision;
    private final QuantizedTensor weight;
    private final boolean linear;

    private Int8Layer(Call call, LayerPrecision precision, QuantizedTensor weight) {
        this.call = call;
        this.precision = precision;
        this.weight = weight;
        this.linear = call.node().op() == Op.LINEAR;
    }

    /** Returns the int8 form of a layer, or empty if it is to be written in float. */
    static Optional<Int8Layer> of(Call call) {
        LayerPrecision precision = LayerPrecision.of(call.node());
        if (!precision.isInt8() || call.lowering().precision() == ExportPrecision.FLOAT) {
            return Optional.empty();
        }
        if (call.constant(1) instanceof QuantizedTensor weight) {
            return Optional.of(new Int8Layer(call, precision, weight));
        }
        throw new ModelFormatException(
                "float weights of a layer in int8 at " + call.node().path(),
                "int8 weights with scales",
                "quantize the model again");
    }

    String write() {
        ExportPrecision asked = call.lowering().precision();
        boolean fixed = precision.kind() == LayerPrecision.Kind.INT8_STATIC && asked != ExportPrecision.DYNAMIC;
        return fixed || asked == ExportPrecision.QDQ ? betweenDequantized(fixed ? statically() : dynamic()) : integer();
    }

    private Quantized statically() {
        String scale = call.out().scalar(DType.FLOAT, precision.scale());
        String zero = call.out().uint8(precision.zero());
        String name = "QuantizeLinear " + call.x() + " " + scale + " " + zero;
        String values = call.lowering()
                .once(name, () -> List.of(call.add("QuantizeLinear", List.of(call.x(), scale, zero))))
                .get(0);
        return new Quantized(values, scale, zero);
    }

    private Quantized dynamic() {
        List<String> parts = call.lowering().once("DynamicQuantizeLinear " + call.x(), () -> call.out()
                .addAll("DynamicQuantizeLinear", 3, List.of(call.x())));
        return new Quantized(parts.get(0), parts.get(1), parts.get(2));
    }

    private String betweenDequantized(Quantized x) {
        String input = call.add("DequantizeLinear", List.of(x.values, x.scale, x.zeroPoint));
        String zeros = call.out()
                .shared(
                        "int8 zeros " + scales().length,
                        () -> Tensors.int8(new byte[scales().length], scales().length));
        String floats =
                call.add("DequantizeLinear", List.of(values(), scale(), zeros), Attribute.of("axis", linear ? 1L : 0L));
        if (linear) {
            return ProductOperators.withBias(call, call.add("MatMul", input, floats));
        }
        List<String> inputs = call.has(2) ? List.of(input, floats, call.name(2)) : List.of(input, floats);
        return call.add("Conv", inputs, ProductOperators.window(call));
    }

    private String integer() {
        Quantized x = dynamic();
        String sums = linear ? integerProduct(x) : integerConvolution(x);
        String products = call.add("Cast", List.of(sums), Attribute.of("to", Tensors.typeOf(DType.FLOAT)));
        String scaled = call.add("Mul", products, call.add("Mul", x.scale, channels(scale())));
        return call.has(2) ? call.add("Add", scaled, channels(call.name(2))) : scaled;
    }

    private String integerProduct(Quantized x) {
        String zero = call.out().shared("int8 zero", () -> Tensors.int8(new byte[1]));
        return call.add("MatMulInteger", List.of(x.values, values(), x.zeroPoint, zero));
    }

    /**
     * Writes a convolution of integers. ONNX Runtime takes no int8 weights for it, so they are written as uint8 with
     * the zero point 128, which gives the same sums.
     */
    private String integerConvolution(Quantized x) {
        String shifted = call.out().shared(call.value(1).name() + ".uint8", () -> {
            byte[] bytes = bytes();
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] ^= (byte) UINT8_MIDDLE;
            }
            return Tensors.uint8(bytes, weight.shape());
        });
        List<String> inputs = List.of(x.values, shifted, x.zeroPoint, call.out().uint8(UINT8_MIDDLE));
        return call.add("ConvInteger", inputs, ProductOperators.window(call));
    }

    /** Reshapes one number per channel so that it broadcasts over the output. */
    private String channels(String perChannel) {
        if (linear) {
            return perChannel;
        }
        long[] shape = call.node().op() == Op.CONV1D ? new long[] {-1, 1} : new long[] {-1, 1, 1};
        return call.add("Reshape", perChannel, call.out().longs(shape));
    }

    private float[] scales() {
        return weight.scales();
    }

    private String scale() {
        return call.out().shared(call.value(1).name() + ".scale", () -> Tensors.floats(scales(), scales().length));
    }

    /** Returns the weight's int8 values; those of a linear layer are {@code [in, out]}. */
    private String values() {
        return call.out().shared(call.value(1).name() + ".int8", () -> {
            byte[] bytes = bytes();
            long[] shape = weight.shape();
            if (!linear) {
                return Tensors.int8(bytes, shape);
            }
            int rows = (int) shape[0];
            int columns = (int) shape[1];
            byte[] turned = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                turned[i % columns * rows + i / columns] = bytes[i];
            }
            return Tensors.int8(turned, columns, rows);
        });
    }

    private byte[] bytes() {
        byte[] bytes = new byte[Math.toIntExact(weight.size())];
        weight.values(0, bytes, 0, bytes.length);
        return bytes;
    }
}
