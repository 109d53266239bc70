package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.global.torch.QScheme;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.torch.values.IValues;
import org.quantvoice.torch.values.ScriptObject;

/** The weights inside libtorch's packed parameters, whichever backend packed them. */
final class PackedLayer {
    static final String LINEAR = "quantized::linear_unpack";

    private static final String ZERO_POINTS = "int8 with zero points";
    private static final int LEAST = -127;

    private final Call call;
    private final ScriptObject packed;
    private final String key;
    private final Tensor weight;
    private final Object bias;

    private PackedLayer(Call call, ScriptObject packed, String key, String unpack) {
        this.call = call;
        this.packed = packed;
        this.key = key;
        IValueVector parts = stack(unpack);
        this.weight = new Tensor(parts.get(0).toTensor());
        this.bias = IValues.toJava(parts.get(1), "");
    }

    /** Reads the packed layer that is the call's argument at an index. */
    static PackedLayer of(Call call, int index, String unpack) {
        ScriptObject packed = argument(call, call.get(index));
        return new PackedLayer(call, packed, Long.toString(packed.object().address()), unpack);
    }

    /**
     * Reads the two products of one layer and direction of a recurrence, that of the input and that of the state, which
     * libtorch packs in one object. Only the object's own {@code __getstate__} returns them, as the last of its kind,
     * tensors, floats, integers and packed products.
     */
    static List<PackedLayer> ofCell(Call call, Object argument) {
        ScriptObject cell = argument(call, argument);
        IValueVector stack = new IValueVector(new IValue(cell.object()));
        cell.object().type().getMethod("__getstate__").run(stack);
        TupleElements parts = stack.get(0).toTuple().elements();
        Object kind = IValues.toJava(parts.get(0), "");
        if (!kind.equals("quantized_dynamic") && !kind.equals("quantized_fp16")) {
            throw call.unsupported("with parameters of the kind " + kind);
        }
        List<?> products = (List<?>) IValues.toJava(parts.get(4), cell.path());
        List<PackedLayer> layers = new ArrayList<>();
        for (Object product : products) {
            ScriptObject packed = new ScriptObject(argument(call, product).object(), cell.path());
            String key = cell.object().address() + " " + layers.size();
            layers.add(new PackedLayer(call, packed, key, LINEAR));
        }
        return layers;
    }

    private static ScriptObject argument(Call call, Object argument) {
        if (argument instanceof ScriptObject packed) {
            return packed;
        }
        throw call.unsupported("needs packed weights, not " + argument);
    }

    private IValueVector stack(String operator) {
        IValueVector stack = new IValueVector(new IValue(packed.object()));
        Dispatcher.singleton().findSchemaOrThrow(operator, "").callBoxed(stack);
        return stack;
    }

    /** Returns a setting of a convolution, one number per axis. */
    int[] ints(String operator) {
        return ((List<?>) IValues.toJava(stack(operator).get(0), ""))
                .stream()
                        .mapToInt(each -> Math.toIntExact(((Dim) each).constant()))
                        .toArray();
    }

    int integer(String operator) {
        return Math.toIntExact(stack(operator).get(0).toInt());
    }

    boolean flag(String operator) {
        return integer(operator) != 0;
    }

    /** Returns the path of the module that owns the parameters. */
    String path() {
        return owner(call, packed);
    }

    static String owner(Call call, ScriptObject packed) {
        return call.path().isEmpty() ? PackedNames.module(packed.path()) : call.path();
    }

    /** Returns a key that identifies the parameters, which several calls may share. */
    String key() {
        return key;
    }

    /** Returns whether the weights are symmetric int8, rather than half-precision floats or levels with zero points. */
    boolean isInt8() {
        return weight.is_quantized() && isSymmetric();
    }

    /** Notes in the attributes of a layer that is not {@link #isInt8} how its weights were stored. */
    Attributes stored(Attributes attributes) {
        return LayerPrecision.stored(attributes, weight.is_quantized() ? ZERO_POINTS : LayerPrecision.HALF);
    }

    /** Returns the bias as a {@link TensorRef}, or {@link Nothing#NONE}. */
    Object bias() {
        return bias;
    }

    /** Returns the weights as the floats that they stand for. */
    Tensor floats() {
        return (weight.is_quantized() ? weight.dequantize() : weight.to(ScalarType.Float)).contiguous();
    }

    /**
     * Returns the int8 weights. The int8 contract has no -128, so it becomes -127; as PyTorch's symmetric scale is the
     * largest magnitude / 127.5, this changes at most the largest weights of a channel, by one step.
     */
    Int8Tensor int8() {
        if (!weight.is_quantized() || weight.scalar_type().intern() != ScalarType.QInt8) {
            throw call.unsupported("with weights of " + weight.scalar_type().intern() + ", not qint8");
        }
        byte[] values = new byte[Math.toIntExact(weight.numel())];
        weight.int_repr().contiguous().data_ptr_char().get(values);
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.max(LEAST, values[i]);
        }
        return Int8Tensor.of(values, scales(), ModelConstants.shape(weight));
    }

    private boolean isPerChannel() {
        return weight.qscheme().intern() == QScheme.PER_CHANNEL_AFFINE;
    }

    /**
     * Returns whether all zero points are 0. Per-channel zero points that are floats belong to tables and not to
     * layers.
     */
    private boolean isSymmetric() {
        if (weight.qscheme().intern() == QScheme.PER_TENSOR_AFFINE) {
            return weight.q_zero_point() == 0;
        }
        return !isPerChannel()
                || weight.q_per_channel_zero_points().count_nonzero().item_long() == 0;
    }

    private float[] scales() {
        int channels = (int) weight.size(0);
        float[] scales = new float[channels];
        boolean perChannel = isPerChannel();
        if (!perChannel && weight.qscheme().intern() != QScheme.PER_TENSOR_AFFINE) {
            throw call.unsupported(
                    "with weights of the scheme " + weight.qscheme().intern());
        }
        if (perChannel && weight.q_per_channel_axis() != 0) {
            throw call.unsupported("with scales along axis " + weight.q_per_channel_axis() + ", not output channels");
        }
        if (perChannel) {
            weight.q_per_channel_scales()
                    .to(ScalarType.Float)
                    .contiguous()
                    .data_ptr_float()
                    .get(scales);
        } else {
            java.util.Arrays.fill(scales, (float) weight.q_scale());
        }
        return scales;
    }
}
