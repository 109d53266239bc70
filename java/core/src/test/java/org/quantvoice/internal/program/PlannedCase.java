package org.quantvoice.internal.program;

import java.util.List;
import java.util.Random;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * One operator with some of its optional inputs and attributes.
 *
 * @param op the operator
 * @param attributes its settings
 * @param operands in the order of {@link Op}, as "f 2 T 3": the type (f, i, b; F, I for a constant, P for a positive one), then
 *     the sizes
 */
record PlannedCase(Op op, Attributes attributes, List<String> operands) {

    static PlannedCase of(Op op, Attributes attributes, String... operands) {
        return new PlannedCase(op, attributes, List.of(operands));
    }

    static PlannedCase of(Op op, String... operands) {
        return of(op, Attributes.NONE, operands);
    }

    /** The operator alone, its outputs those of the graph. */
    Graph graph() {
        GraphBuilder builder = new GraphBuilder();
        Value[] values = new Value[operands.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(builder, "operand" + i, operands.get(i));
        }
        if (values.length == 0) {
            builder.input("sizes", DType.FLOAT, Shape.of(Dim.symbol("T")));
        }
        return builder.build(builder.addAll(op, "layer", attributes, List.of(values)));
    }

    private static Value value(GraphBuilder builder, String name, String text) {
        String[] words = text.split(" ");
        Dim[] dims = new Dim[words.length - 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Dim.parse(words[i + 1]);
        }
        DType type = words[0].equalsIgnoreCase("i") ? DType.INT : words[0].equals("b") ? DType.BOOL : DType.FLOAT;
        if (Character.isLowerCase(words[0].charAt(0))) {
            return builder.input(name, type, Shape.of(dims));
        }
        long[] shape = java.util.Arrays.stream(dims).mapToLong(Dim::constant).toArray();
        ArrayTensor data = PlannedGraph.chance(type, shape, new Random(name.hashCode()));
        return builder.constant(name, words[0].equals("P") ? positive(data) : data, true);
    }

    private static ArrayTensor positive(ArrayTensor data) {
        float[] values = data.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]) + 0.5f;
        }
        return ArrayTensor.of(values, data.shape());
    }

    @Override
    public String toString() {
        return op + " " + operands + " " + attributes;
    }
}
