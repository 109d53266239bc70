package org.quantvoice.graph;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.quantvoice.error.ModelFormatException;

/**
 * The computation of a model. Nodes are in topological order, all of them lead to an output, and their types and
 * shapes are consistent; {@link GraphBuilder} makes sure of that.
 */
public final class Graph implements AutoCloseable {

    private final List<Value> inputs;
    private final List<Symbol> scalars;
    private final List<Node> nodes;
    private final List<Value> outputs;
    private final Map<String, Constant> constants;
    private final Map<Integer, Node> producers = new HashMap<>();

    Graph(List<Value> inputs, List<Symbol> scalars, List<Node> nodes, List<Value> outputs, List<Constant> constants) {
        this.inputs = List.copyOf(inputs);
        this.scalars = List.copyOf(scalars);
        this.nodes = List.copyOf(nodes);
        this.outputs = List.copyOf(outputs);
        Map<String, Constant> byName = new LinkedHashMap<>();
        constants.forEach(c -> byName.put(c.name(), c));
        this.constants = java.util.Collections.unmodifiableMap(byName);
        nodes.forEach(node -> node.outputs().forEach(out -> producers.put(out.id(), node)));
    }

    public List<Value> inputs() {
        return inputs;
    }

    /** Returns the integer arguments, such as the offset of a chunk; they appear in sizes and as scalars. */
    public List<Symbol> scalars() {
        return scalars;
    }

    public List<Node> nodes() {
        return nodes;
    }

    public List<Value> outputs() {
        return outputs;
    }

    /** Returns the constants by name, in the order of first use. */
    public Map<String, Constant> constants() {
        return constants;
    }

    /** Returns the node that computes a value; empty for inputs and constants. */
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value.id()));
    }

    /** Returns the constant behind a value, if it is one. */
    public Optional<Constant> constant(Value value) {
        Constant found = constants.get(value.name());
        return Optional.ofNullable(found).filter(c -> c.value().id() == value.id());
    }

    /**
     * Returns the sizes of all symbols for inputs of given shapes.
     *
     * @param shapes one for each input
     * @param arguments values of {@link #scalars()} by name
     * @throws ModelFormatException if a shape does not fit
     */
    public Map<String, Long> sizes(List<long[]> shapes, Map<String, Long> arguments) {
        return new SizeBinding(this).bind(shapes, Objects.requireNonNull(arguments));
    }

    /** Dotted paths of all modules that own a node, sorted. */
    public Set<String> paths() {
        Set<String> paths = new TreeSet<>();
        nodes.forEach(node -> paths.add(node.path()));
        return paths;
    }

    /** Returns a text with one line for each node. */
    public String print() {
        return GraphPrinter.print(this);
    }

    @Override
    public String toString() {
        return print();
    }

    /** Frees the constants' memory; they cannot be read any more. Closing again does nothing. */
    @Override
    public void close() {
        constants.values().forEach(c -> c.data().close());
    }
}
