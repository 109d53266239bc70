package org.quantvoice.torch.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.TensorRef;

/**
 * Emits a transposed convolution as a plain one with the reversed kernel, over the input with zeros between its
 * elements.
 */
final class TransposedConvolution {
    private TransposedConvolution() {}

    static void register(Map<String, Operator> table) {
        // the arguments are x, weight, bias, stride, padding, output padding, groups, dilation
        table.put("aten::conv_transpose1d", call -> emit(call, 3, 4, 5, 6, 7));
        table.put("aten::conv_transpose2d", call -> emit(call, 3, 4, 5, 6, 7));
    }

    /** Emits a transposed {@code aten::_convolution}, whose arguments have another order. */
    static Object general(Call call) {
        return emit(call, 3, 4, 7, 8, 5);
    }

    private static Object emit(Call call, int strideAt, int paddingAt, int moreAt, int groupsAt, int dilationAt) {
        if (!call.tensor(1).isFixed()) {
            throw call.unsupported("with a kernel that is computed");
        }
        Formula f = new Formula(call);
        int groups = call.integer(groupsAt);
        Tensor kernel = reversed((Tensor) call.tensor(1).content(), groups);
        int spatial = (int) kernel.dim() - 2;
        int[] stride = ConvolutionOperators.spread(call.ints(strideAt), spatial);
        int[] padding = ConvolutionOperators.spread(call.ints(paddingAt), spatial);
        int[] more = ConvolutionOperators.spread(call.ints(moreAt), spatial);
        int[] dilation = ConvolutionOperators.spread(call.ints(dilationAt), spatial);
        Value x = call.value(0);
        for (int i = 0; i < spatial; i++) {
            long reach = dilation[i] * (kernel.size(2 + i) - 1) - padding[i];
            Value spread = spread(f, x, 2 + i, stride[i]);
            x = f.padded(spread, 2 + i, Dim.of(reach), Dim.of(reach + more[i]), "constant", 0);
        }
        int[] ones = new int[spatial];
        Arrays.fill(ones, 1);
        Attributes attributes =
                Attributes.of("stride", ones, "padding", new int[spatial], "dilation", dilation, "groups", groups);
        List<Value> operands = new ArrayList<>(List.of(x, call.constant(TensorRef.of(kernel), call.path(), "weight")));
        if (!call.isNone(2)) {
            operands.add(call.value(2));
        }
        return call.emit(spatial == 1 ? Op.CONV1D : Op.CONV2D, attributes, operands.toArray(Value[]::new));
    }

    /**
     * Returns a weight {@code [in, out / groups, ..]} as {@code [out, in / groups, ..]}, reversed along the axes of the
     * kernel.
     */
    private static Tensor reversed(Tensor weight, int groups) {
        long[] shape = ModelConstants.shape(weight);
        long[] grouped = new long[shape.length + 1];
        grouped[0] = groups;
        grouped[1] = shape[0] / groups;
        System.arraycopy(shape, 1, grouped, 2, shape.length - 1);
        long[] target = shape.clone();
        target[0] = shape[1] * groups;
        target[1] = shape[0] / groups;
        long[] axes = new long[shape.length - 2];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i + 2;
        }
        return weight.reshape(grouped)
                .transpose(1, 2)
                .reshape(target)
                .flip(axes)
                .contiguous();
    }

    /** Puts {@code stride - 1} zeros between neighbouring elements. */
    private static Value spread(Formula f, Value x, int axis, int stride) {
        if (stride == 1) {
            return x;
        }
        Value apart = f.padded(f.unsqueezed(x, axis + 1), axis + 1, Dim.ZERO, Dim.of(stride - 1L), "constant", 0);
        Dim length = x.shape().dim(axis).times(stride);
        Value flat = f.shaped(apart, x.shape().with(axis, length).dims());
        return f.slice(flat, axis, Dim.ZERO, length.plus(1 - stride));
    }
}
