package org.quantvoice.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;

/** A graph of one operator and the inputs to run it on; sizes of inputs are symbols, so that nothing can be folded. */
final class OperatorCase {
    private final String name;
    private final Op op;
    private final GraphBuilder builder = new GraphBuilder();
    private final List<Value> operands = new ArrayList<>();
    private final Map<String, TensorData> inputs = new LinkedHashMap<>();
    private final Random random;
    private Attributes attributes = Attributes.NONE;

    OperatorCase(Op op, String name) {
        this.op = op;
        this.name = name;
        this.random = new Random(name.hashCode());
    }

    Op op() {
        return op;
    }

    /** Symbol of an axis of an operand, e.g. {@code x0_1}. */
    static Dim size(int operand, int axis) {
        return Dim.symbol("x" + operand + "_" + axis);
    }

    /** A float operand with every size a symbol. */
    OperatorCase x(long... shape) {
        return input(floats(shape), symbols(shape.length));
    }

    /** An input that the operator does not take; sizes may refer to it. */
    OperatorCase unused(long... shape) {
        TensorData data = floats(shape);
        builder.input("x0", data.type(), symbols(shape.length));
        inputs.put("x0", data);
        return this;
    }

    /** A float operand of which some sizes are fixed (those that the operator must know). */
    OperatorCase fixed(long... shape) {
        return input(floats(shape), Shape.of(shape));
    }

    OperatorCase input(TensorData data, Shape shape) {
        String input = "x" + operands.size();
        operands.add(builder.input(input, data.type(), shape));
        inputs.put(input, data);
        return this;
    }

    OperatorCase input(TensorData data) {
        return input(data, symbols(data.shape().length));
    }

    OperatorCase constant(TensorData data) {
        operands.add(builder.constant("weight" + operands.size(), data, true));
        return this;
    }

    OperatorCase constant(long... shape) {
        return constant(floats(shape));
    }

    OperatorCase with(Object... namesAndValues) {
        attributes = Attributes.of(namesAndValues);
        return this;
    }

    private Shape symbols(int rank) {
        int operand = operands.size();
        return new Shape(java.util.stream.IntStream.range(0, rank)
                .mapToObj(axis -> size(operand, axis))
                .toList());
    }

    ArrayTensor floats(long... shape) {
        int count = 1;
        for (long dim : shape) {
            count = Math.toIntExact(count * dim);
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return ArrayTensor.of(values, shape);
    }

    ArrayTensor positive(long... shape) {
        float[] values = floats(shape).floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]) + 0.1f;
        }
        return ArrayTensor.of(values, shape);
    }

    ArrayTensor longs(int bound, long... shape) {
        int count = floats(shape).floats().length;
        return ArrayTensor.of(
                random.longs(count, -bound, bound).map(v -> v == 0 ? 1 : v).toArray(), shape);
    }

    ArrayTensor truths(long... shape) {
        boolean[] values = new boolean[floats(shape).floats().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextBoolean();
        }
        return ArrayTensor.of(values, shape);
    }

    Graph graph() {
        List<Value> outputs = builder.addAll(op, "top.module", attributes, operands);
        return builder.build(outputs);
    }

    Map<String, TensorData> inputs() {
        return inputs;
    }

    @Override
    public String toString() {
        return name;
    }
}
