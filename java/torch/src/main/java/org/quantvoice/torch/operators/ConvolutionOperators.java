package org.quantvoice.torch.operators;

import java.util.Arrays;
import java.util.Map;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/** Convolutions over one and two axes. */
final class ConvolutionOperators {

    private ConvolutionOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("aten::conv1d", call -> plain(call, 6));
        table.put("aten::conv2d", call -> plain(call, 6));
        table.put("aten::_convolution_mode", call -> plain(call, 6));
        table.put("aten::_convolution", ConvolutionOperators::general);
        table.put("aten::convolution", ConvolutionOperators::general);
    }

    private static Object general(Call call) {
        if (call.flag(6)) {
            return TransposedConvolution.general(call);
        }
        return plain(call, 8);
    }

    private static Object plain(Call call, int groupsAt) {
        Value x = call.value(0);
        Value weight = call.weight(1);
        int spatial = weight.shape().rank() - 2;
        if (spatial < 1 || spatial > 2 || x.shape().rank() != spatial + 2) {
            throw call.unsupported("of a tensor " + x.shape() + " with a kernel " + weight.shape());
        }
        int[] dilation = spread(call.ints(5), spatial);
        int[] padding = new int[spatial];
        if (!(call.get(4) instanceof String mode)) {
            padding = spread(call.ints(4), spatial);
        } else if (mode.equals("same")) {
            x = padSame(call, x, weight.shape(), dilation);
        }
        Attributes attributes = Attributes.of(
                "stride",
                spread(call.ints(3), spatial),
                "padding",
                padding,
                "dilation",
                dilation,
                "groups",
                call.integer(groupsAt));
        Op op = spatial == 1 ? Op.CONV1D : Op.CONV2D;
        if (call.isNone(2)) {
            return call.emit(op, attributes, x, weight);
        }
        return call.emit(op, attributes, x, weight, call.value(2));
    }

    static int[] spread(int[] setting, int spatial) {
        if (setting.length == spatial) {
            return setting;
        }
        int[] result = new int[spatial];
        Arrays.fill(result, setting[0]);
        return result;
    }

    /**
     * Pads so that the size stays the same. If the padding is odd, the extra element goes to the end, as in libtorch.
     */
    private static Value padSame(Call call, Value x, Shape kernel, int[] dilation) {
        Dim[] pads = new Dim[2 * x.shape().rank()];
        Arrays.fill(pads, Dim.ZERO);
        for (int i = 0; i < dilation.length; i++) {
            long total = dilation[i] * (kernel.dim(i + 2).constant() - 1);
            pads[2 * (i + 2)] = Dim.of(total / 2);
            pads[2 * (i + 2) + 1] = Dim.of(total - total / 2);
        }
        Attributes attributes = Attributes.of("pads", Arrays.asList(pads), "mode", "constant", "value", 0.0);
        return call.add(Op.PAD, attributes, x);
    }
}
