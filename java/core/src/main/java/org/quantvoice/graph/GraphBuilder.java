package org.quantvoice.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.ModelFormatException;

/**
 * Builds a {@link Graph} node by node. Types and shapes are inferred and checked at once; a node that repeats an
 * earlier one or does nothing (a reshape to the same shape, a cast to the same type) is not added, and its value is
 * that of the earlier one. {@link #build} drops what no output needs. Not thread-safe.
 */
public final class GraphBuilder {

    private record Key(Op op, List<Integer> inputs, Attributes attributes) {}

    private final List<Value> inputs = new ArrayList<>();
    private final List<Symbol> scalars = new ArrayList<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Integer, Value> values = new HashMap<>();
    private final Map<Integer, Node> producers = new HashMap<>();
    private final Map<Key, Node> known = new HashMap<>();

    /** Adds an input; each of its sizes is a constant or one symbol. */
    public Value input(String name, DType type, Shape shape) {
        for (Dim dim : shape.dims()) {
            if (!dim.isConstant() && !dim.equals(Dim.of(dim.symbols().iterator().next()))) {
                throw broken("input " + name + " with size " + dim, "a constant or a single symbol");
            }
        }
        Value value = define(name, type, shape);
        inputs.add(value);
        return value;
    }

    /** Adds an integer argument. */
    public Dim scalar(String name, long min) {
        Symbol symbol = new Symbol(name, min);
        scalars.add(symbol);
        return Dim.of(symbol);
    }

    /**
     * Adds a tensor of the model.
     *
     * @param name unique; the dotted path of a parameter
     * @param parameter whether it is an unchanged parameter or buffer of the model
     */
    public Value constant(String name, TensorData data, boolean parameter) {
        if (name.isEmpty() || constants.containsKey(name)) {
            throw broken("constant named '" + name + "'", "a name of its own");
        }
        Value value = define(name, data.type(), Shape.of(data.shape()));
        constants.put(name, new Constant(value, data, parameter));
        return value;
    }

    /** Adds a node with one output. */
    public Value add(Op op, String path, Attributes attributes, Value... operands) {
        return addAll(op, path, attributes, Arrays.asList(operands)).get(0);
    }

    /** Adds a node and returns all its outputs. */
    public List<Value> addAll(Op op, String path, Attributes attributes, List<Value> operands) {
        operands.forEach(this::requireDefined);
        List<Value> simpler = new Simplifier(this, path).simplify(op, attributes, operands);
        if (!simpler.isEmpty()) {
            return simpler;
        }
        Key key = new Key(op, operands.stream().map(Value::id).toList(), attributes);
        Node earlier = known.get(key);
        if (earlier != null) {
            return earlier.outputs();
        }
        List<Value> outputs = new ArrayList<>();
        for (TensorType type : ShapeInference.infer(op, operands, attributes, path)) {
            outputs.add(define("", type.type(), type.shape()));
        }
        Node node = new Node(op, operands, outputs, attributes, path);
        nodes.add(node);
        known.put(key, node);
        outputs.forEach(out -> producers.put(out.id(), node));
        return node.outputs();
    }

    private Value define(String name, DType type, Shape shape) {
        Value value = new Value(values.size(), name, type, shape);
        values.put(value.id(), value);
        return value;
    }

    private void requireDefined(Value value) {
        if (!value.equals(values.get(value.id()))) {
            throw broken("undefined value " + value, "an input, a constant or an output of an earlier node");
        }
    }

    /** Returns the number of nodes that were added so far. */
    public int size() {
        return nodes.size();
    }

    /** Returns the constant behind a value, if it is one. */
    public Optional<Constant> constant(Value value) {
        return Optional.ofNullable(constants.get(value.name()))
                .filter(c -> c.value().equals(value));
    }

    /** Returns the node that computes a value; empty for inputs and constants. */
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value.id()));
    }

    /** Builds a graph of the nodes and constants that the outputs need. The builder cannot be used afterwards. */
    public Graph build(List<Value> outputs) {
        outputs.forEach(this::requireDefined);
        if (outputs.isEmpty()) {
            throw broken("no output", "at least one");
        }
        Set<Integer> needed = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(outputs);
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (needed.add(value.id()) && producers.containsKey(value.id())) {
                open.addAll(producers.get(value.id()).inputs());
            }
        }
        List<Node> live = nodes.stream()
                .filter(n -> n.outputs().stream().anyMatch(o -> needed.contains(o.id())))
                .toList();
        constants.values().stream()
                .filter(c -> !needed.contains(c.value().id()))
                .forEach(c -> c.data().close());
        List<Constant> used = constants.values().stream()
                .filter(c -> needed.contains(c.value().id()))
                .toList();
        return new Graph(inputs, scalars, live, outputs, used);
    }

    private static ModelFormatException broken(String got, String expected) {
        return new ModelFormatException(got, expected, "build the graph from a sound model");
    }
}
