package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.values.Operand;

/** Translates convolutions over one or two axes, and pooling. */
final class ConvolutionOperators {
    private ConvolutionOperators() {}

    static void register(Map<String, Operator> table) {
        table.put("Conv", ConvolutionOperators::convolution);
        table.put("ConvTranspose", TransposedConvolution::apply);
        table.put("MaxPool", ConvolutionOperators::largest);
        table.put("AveragePool", ConvolutionOperators::average);
        table.put("GlobalAveragePool", call -> global(call, Op.MEAN));
        table.put("GlobalMaxPool", call -> global(call, Op.REDUCE_MAX));
    }

    private static List<Operand> convolution(Call call) {
        Window window = Window.of(call, call.shape(0), kernel(call.shape(1)));
        int groups = Math.toIntExact(call.integer("group", 1));
        boolean stored = call.operand(1) instanceof Operand.Stored;
        if (stored) {
            return call.floats(IntegerLayers.convolution(call, window, groups));
        }
        Value x = window.padded(call, call.value(0), 0);
        ElementType type = call.type(1);
        Attributes attributes = ProductOperators.noted(window.attributes(groups), type);
        Value[] operands = call.has(2) ? new Value[] {x, call.value(1), call.value(2)} : new Value[] {x, call.value(1)};
        return call.floats(call.add(window.op(call), attributes, operands));
    }

    /** Returns the sizes of a weight's spatial axes. */
    static int[] kernel(Shape weight) {
        return weight.dims().subList(2, weight.rank()).stream()
                .mapToInt(d -> Math.toIntExact(d.constant()))
                .toArray();
    }

    private static List<Operand> global(Call call, Op op) {
        Value x = call.value(0);
        int[] axes = IntStream.range(2, x.shape().rank()).toArray();
        return call.like(call.add(op, Attributes.of("axes", axes, "keep", true), x));
    }

    /** Writes max pooling: the maximum over the positions of a window, taken one after the other. */
    private static List<Operand> largest(Call call) {
        Window window = pool(call);
        Value x = window.padded(call, call.value(0), Double.NEGATIVE_INFINITY);
        x = window.symmetric(call, x, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < window.kernel().length; i++) {
            Value best = null;
            for (int k = 0; k < window.kernel()[i]; k++) {
                Value part = window.seen(call, x, i, k);
                best = best == null ? part : call.add(Op.MAXIMUM, best, part);
            }
            x = best == null ? x : best;
        }
        return call.like(x);
    }

    private static List<Operand> average(Call call) {
        Window window = pool(call);
        boolean counted = call.integer("count_include_pad", 0) != 0;
        Value sum = summed(call, window, call.value(0));
        if (counted || window.isWithoutPadding()) {
            return call.like(
                    call.scalar(Op.DIV, sum, IntStream.of(window.kernel()).reduce(1, (a, b) -> a * b)));
        }
        Attributes ones = Attributes.of("shape", call.shape(0).dims(), "value", 1.0, "type", "float");
        return call.like(call.add(Op.DIV, sum, summed(call, window, call.add(Op.FILL, ones))));
    }

    private static Value summed(Call call, Window window, Value source) {
        Value x = window.symmetric(call, window.padded(call, source, 0), 0);
        for (int i = 0; i < window.kernel().length; i++) {
            Value sum = null;
            for (int k = 0; k < window.kernel()[i]; k++) {
                Value part = window.seen(call, x, i, k);
                sum = sum == null ? part : call.add(Op.ADD, sum, part);
            }
            x = sum == null ? x : sum;
        }
        return x;
    }

    private static Window pool(Call call) {
        Shape shape = call.shape(0);
        if (call.integer("ceil_mode", 0) != 0) {
            throw call.unsupported("with windows that reach over the end");
        }
        int[] kernel = call.ints("kernel_shape", shape.rank() - 2, 1);
        return Window.of(call, shape, kernel);
    }

    static List<Dim> none(int count) {
        return new ArrayList<>(Collections.nCopies(count, Dim.ZERO));
    }
}
