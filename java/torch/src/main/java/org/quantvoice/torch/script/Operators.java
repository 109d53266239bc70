package org.quantvoice.torch.script;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/** Calls libtorch operators by name; the {@code quantized::} ones have no Java binding of their own. */
public final class Operators {
    private static final int QINT8 = 12;
    private static final int QUINT8 = 13;

    private Operators() {}

    static IValue call(String name, IValue... arguments) {
        IValueVector stack = new IValueVector(arguments);
        find(name).callBoxed(stack);
        return new IValue(stack.get(0));
    }

    static Type.TypePtr returnType(String name) {
        return find(name).schema().returns().type();
    }

    private static OperatorHandle find(String name) {
        return Dispatcher.singleton().findSchemaOrThrow(name, "");
    }

    static IValue intList(long... values) {
        GenericList list = new GenericList(ListType.ofInts().containedType(0));
        for (long value : values) {
            list.push_back(new IValue(value));
        }
        return new IValue(list);
    }

    public static IValue quint8Type() {
        return new IValue((long) QUINT8);
    }

    public static Tensor quantize(Tensor tensor, QuantParams params) {
        return call(
                        "aten::quantize_per_tensor",
                        new IValue(tensor),
                        new IValue(params.scale()),
                        new IValue((long) params.zeroPoint()),
                        quint8Type())
                .toTensor();
    }

    /**
     * Quantizes weights {@code [out, ...]} to symmetric int8 with one scale per output channel or one for all, which is
     * the absolute maximum / 127.5.
     */
    static Tensor quantizeWeight(Tensor weight, boolean perChannel) {
        Tensor rows = weight.detach().flatten(1, -1);
        IValue type = new IValue((long) QINT8);
        if (!perChannel) {
            float scale = scale(rows.abs().amax()).item_float();
            return call(
                            "aten::quantize_per_tensor",
                            new IValue(weight),
                            new IValue((double) scale),
                            new IValue(0L),
                            type)
                    .toTensor();
        }
        Tensor scales = scale(rows.abs().amax(new long[] {1}, false)).to(torch.ScalarType.Double);
        Tensor zeroPoints = torch.zeros(new long[] {weight.size(0)}).to(torch.ScalarType.Long);
        return call(
                        "aten::quantize_per_channel",
                        new IValue(weight),
                        new IValue(scales),
                        new IValue(zeroPoints),
                        new IValue(0L),
                        type)
                .toTensor();
    }

    /**
     * Quantizes a table {@code [rows, size]} to uint8 with a range per row. The zero points are floats, so that the
     * smallest number of a row is level 0 exactly (PyTorch's {@code float_qparams_weight_only_qconfig}).
     */
    static Tensor quantizeRows(Tensor table) {
        Tensor low = table.amin(new long[] {1}, false);
        Tensor steps = table.amax(new long[] {1}, false).sub(low).div(new Scalar(255f));
        Tensor scales = torch.where(steps.gt(new Scalar(QuantParams.EPSILON)), steps, torch.ones_like(steps));
        return call(
                        "aten::quantize_per_channel",
                        new IValue(table),
                        new IValue(scales),
                        new IValue(low.neg().div(scales)),
                        new IValue(0L),
                        quint8Type())
                .toTensor();
    }

    private static Tensor scale(Tensor absoluteMaximum) {
        return absoluteMaximum.div(new Scalar(127.5f)).clamp_min(new Scalar(QuantParams.EPSILON));
    }
}
