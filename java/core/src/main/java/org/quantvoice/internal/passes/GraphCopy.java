package org.quantvoice.internal.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;

/** Builds a changed copy of a graph, node by node. The copy owns the constants that it still uses. */
public final class GraphCopy {
    private final Graph from;
    private final GraphBuilder builder = new GraphBuilder();
    private final Map<Integer, Value> values = new HashMap<>();

    public GraphCopy(Graph from) {
        this.from = from;
        from.scalars().forEach(s -> builder.scalar(s.name(), s.min()));
        from.inputs().forEach(v -> values.put(v.id(), builder.input(v.name(), v.type(), v.shape())));
    }

    /** Returns the copy's value for a value of the original. */
    public Value value(Value original) {
        return values.computeIfAbsent(original.id(), id -> {
            Constant constant = from.constant(original).orElseThrow();
            return builder.constant(constant.name(), constant.data(), constant.parameter());
        });
    }

    /** Adds a new constant. */
    public Value constant(String name, TensorData data) {
        return builder.constant(name, data, true);
    }

    /** Adds a constant of the original with other elements in memory. */
    public Value constant(Constant original, TensorData data) {
        return builder.constant(original.name(), data, original.parameter());
    }

    /** Adds a node that the original does not have. */
    public Value add(Op op, String path, Attributes attributes, Value... operands) {
        return builder.add(op, path, attributes, operands);
    }

    /** Uses a value of the copy wherever the original used another. */
    public void replace(Value original, Value by) {
        values.put(original.id(), by);
    }

    /** Replaces a value unless it was replaced before. */
    public void replaceOnce(Value original, Supplier<Value> by) {
        values.computeIfAbsent(original.id(), id -> by.get());
    }

    public void add(Node node) {
        add(node, node.attributes(), node.inputs().stream().map(this::value).toList());
    }

    public void add(Node node, Attributes attributes, List<Value> inputs) {
        List<Value> made = builder.addAll(node.op(), node.path(), attributes, inputs);
        for (int i = 0; i < made.size(); i++) {
            values.put(node.outputs().get(i).id(), made.get(i));
        }
    }

    /** Replaces a node by a node without inputs. */
    public void replace(Node node, Op op, Attributes attributes) {
        replace(node.output(), builder.add(op, node.path(), attributes));
    }

    public Graph build() {
        return build(List.of());
    }

    /**
     * Builds the copy with a single output.
     *
     * @param output a value of the copy
     */
    public Graph buildOnly(Value output) {
        return builder.build(List.of(output));
    }

    /**
     * Builds the copy with the outputs of the original and some more.
     *
     * @param more values of the copy that become outputs too
     */
    public Graph build(List<Value> more) {
        List<Value> outputs = new ArrayList<>();
        from.outputs().forEach(v -> outputs.add(value(v)));
        outputs.addAll(more);
        return builder.build(outputs);
    }
}
