package org.quantvoice.internal.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;

/**
 * Runs a graph with plain loops, one node after the other: the specification of every operator. Sums are computed in
 * double, results in float. <b>Slow</b> (about a second for each 500 million multiplications): it serves
 * verification, calibration taps and the evaluation of constants, never production. Stateless and thread-safe.
 */
public final class ReferenceInterpreter {

    /** Receives every value as it is computed, except inputs and constants. */
    @FunctionalInterface
    public interface Tap {
        void accept(Node node, Value value, TensorData data);
    }

    private final Graph graph;
    private final Map<String, Long> sizes;
    private final Map<Integer, ArrayTensor> values = new HashMap<>();
    private final Map<Integer, Node> lastUse = new HashMap<>();

    private ReferenceInterpreter(Graph graph, Map<String, Long> sizes) {
        this.graph = graph;
        this.sizes = sizes;
        graph.nodes().forEach(node -> node.inputs().forEach(input -> lastUse.put(input.id(), node)));
        graph.outputs().forEach(output -> lastUse.remove(output.id()));
    }

    /** Returns the outputs for inputs of a graph without integer arguments. */
    public static List<TensorData> run(Graph graph, TensorData... inputs) {
        return run(graph, Arrays.asList(inputs), Map.of(), (node, value, data) -> {});
    }

    /**
     * Runs a graph.
     *
     * @param inputs one for each of the graph's inputs
     * @param arguments values of {@link Graph#scalars()} by name
     * @param tap receives every intermediate value
     * @return the outputs, on the heap
     * @throws ModelFormatException if the inputs do not fit the graph, or their elements do not fit an operator (an
     *     embedding's id beyond its table)
     */
    public static List<TensorData> run(
            Graph graph, List<? extends TensorData> inputs, Map<String, Long> arguments, Tap tap) {
        List<long[]> shapes = new ArrayList<>();
        for (TensorData input : inputs) {
            shapes.add(input.shape());
        }
        ReferenceInterpreter interpreter = new ReferenceInterpreter(graph, graph.sizes(shapes, arguments));
        for (int i = 0; i < inputs.size(); i++) {
            Value declared = graph.inputs().get(i);
            if (declared.type() != inputs.get(i).type()) {
                throw new ModelFormatException(
                        "an input of " + inputs.get(i).type(), declared.toString(), "convert the elements");
            }
            interpreter.values.put(declared.id(), ArrayTensor.copyOf(inputs.get(i)));
        }
        graph.nodes().forEach(node -> interpreter.step(node, tap));
        List<TensorData> outputs = new ArrayList<>();
        graph.outputs().forEach(output -> outputs.add(interpreter.value(output)));
        return outputs;
    }

    /**
     * Computes values that depend on sizes alone, such as masks and positions, each once. Asking for a value that
     * depends on an input throws {@link IllegalStateException}. Not thread-safe.
     *
     * @param sizes values of all symbols, as {@link Graph#sizes} gives them
     */
    public static Function<Value, TensorData> ofSizes(Graph graph, Map<String, Long> sizes) {
        ReferenceInterpreter interpreter = new ReferenceInterpreter(graph, sizes);
        return interpreter::demand;
    }

    private ArrayTensor demand(Value value) {
        if (!values.containsKey(value.id()) && graph.constant(value).isEmpty()) {
            Node node = graph.producer(value)
                    .orElseThrow(() -> new IllegalStateException(
                            "got " + value + ", an input; expected a value that depends on sizes alone"));
            node.inputs().forEach(this::demand);
            List<ArrayTensor> results = compute(node);
            for (int i = 0; i < results.size(); i++) {
                values.put(node.outputs().get(i).id(), results.get(i));
            }
        }
        return value(value);
    }

    private ArrayTensor value(Value value) {
        ArrayTensor data = values.get(value.id());
        if (data == null) {
            data = ArrayTensor.copyOf(graph.constant(value).orElseThrow().data());
        }
        return data;
    }

    private void step(Node node, Tap tap) {
        List<ArrayTensor> results = compute(node);
        for (int i = 0; i < results.size(); i++) {
            Value output = node.outputs().get(i);
            long[] expected = output.shape().evaluate(sizes);
            ArrayTensor result = results.get(i);
            if (!Arrays.equals(expected, result.shape()) || result.type() != output.type()) {
                throw broken(node, "a result " + result, null);
            }
            values.put(output.id(), result);
            tap.accept(node, output, result);
        }
        node.inputs().stream()
                .filter(input -> lastUse.get(input.id()) == node)
                .forEach(input -> values.remove(input.id()));
    }

    private List<ArrayTensor> compute(Node node) {
        List<ArrayTensor> operands = node.inputs().stream().map(this::value).toList();
        long[] shape = node.output().shape().evaluate(sizes);
        ReferenceCall call = new ReferenceCall(node, operands, shape, sizes);
        try {
            return switch (node.op().kind()) {
                case RECURRENT -> ReferenceRecurrence.run(call);
                case PRODUCT -> List.of(ReferenceProducts.run(call));
                case FRONT_END -> List.of(ReferenceFrontEnd.run(call));
                case NORM, REDUCTION -> List.of(ReferenceReductions.run(call));
                case LAYOUT -> List.of(ReferenceLayout.run(call));
                case UNARY, ARITHMETIC, COMPARISON, LOGIC, CHOICE -> List.of(ReferenceElementwise.run(call));
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw broken(node, "operands " + operands, e);
        }
    }

    private ModelFormatException broken(Node node, String got, @Nullable RuntimeException cause) {
        return new ModelFormatException(
                got + " in node " + node + " for " + sizes + (cause == null ? "" : ": " + cause.getMessage()),
                "operands that fit, as " + node.op() + " wants them",
                "pass inputs within the model's limits",
                cause);
    }
}
