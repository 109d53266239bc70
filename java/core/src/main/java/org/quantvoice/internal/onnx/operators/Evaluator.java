package org.quantvoice.internal.onnx.operators;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.read.OnnxGraph;
import org.quantvoice.internal.onnx.read.OnnxInput;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxNode;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Follows the nodes of a model from its inputs to its outputs and writes nodes of the graph for them. Nodes that no
 * output needs are skipped. For one use.
 */
public final class Evaluator {
    private static final int MOST_DEPTH = 64;

    private final OnnxModel model;
    private final Build build = new Build();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Materials materials;
    private final Refusals refusals;
    private int depth;

    public Evaluator(OnnxModel model) {
        this.model = model;
        this.materials = new Materials(build);
        this.refusals = new Refusals(model);
        model.graph().nodes().forEach(n -> n.inputs().forEach(i -> uses.merge(i, 1, Integer::sum)));
        model.graph().outputs().forEach(o -> uses.merge(o, 1, Integer::sum));
    }

    /** Returns the builder to which inputs are added. */
    public GraphBuilder builder() {
        return build.graph();
    }

    Build build() {
        return build;
    }

    long opset() {
        return model.opset();
    }

    OnnxModel model() {
        return model;
    }

    int uses(String name) {
        return uses.getOrDefault(name, 1);
    }

    Value value(Operand operand, Call call) {
        return materials.value(operand, call);
    }

    Shape shape(Operand operand, Call call) {
        return materials.shape(operand, call);
    }

    UnsupportedOperatorException refusal(Call call, String detail) {
        return refusals.of(call, detail);
    }

    /**
     * Returns the graph of one of the model's outputs.
     *
     * @param inputs operands of the model's inputs; those that are initializers too may be left out
     */
    public Graph graph(Map<String, Operand> inputs, String output) {
        return graph(inputs, List.of(output));
    }

    /** Returns the graph of several outputs. */
    public Graph graph(Map<String, Operand> inputs, List<String> outputs) {
        Map<String, Operand> values = new HashMap<>(inputs);
        for (OnnxInput input : model.graph().inputs()) {
            boolean known = values.containsKey(input.name())
                    || model.graph().initializers().containsKey(input.name());
            if (!known) {
                throw new IllegalArgumentException("got nothing for the input " + input.name());
            }
        }
        List<Operand> results = run(model.graph(), new Scope(values, null), outputs);
        List<Value> made = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            made.add(value(outputs.get(i), results.get(i)));
        }
        return build.graph().build(made);
    }

    private Value value(String output, Operand result) {
        OnnxNode end = new OnnxNode(output, "output", "", List.of(output), List.of(), Map.of(), Map.of());
        Call last = new Call(this, end, List.of(result), "");
        Value value = last.value(0);
        if (build.graph().constant(value).isPresent()) {
            throw new ModelFormatException(
                    model.file() + ", whose output '" + output + "' does not depend on its input",
                    "a model that listens to its input",
                    "export it again");
        }
        return value;
    }

    /** Enters a function of the file; the depth is limited, because a function that calls itself would never end. */
    void enter(Call call) {
        if (++depth > MOST_DEPTH) {
            throw call.unsupported("that calls more than " + MOST_DEPTH + " functions one in the other");
        }
    }

    void leave() {
        depth--;
    }

    /** Runs a graph and returns its results. */
    List<Operand> run(OnnxGraph graph, Scope scope, List<String> outputs) {
        graph.initializers().forEach((name, tensor) -> {
            if (!scope.has(name)) {
                scope.put(name, new Operand.Fixed(name, tensor.elements(), tensor));
            }
        });
        run(graph.nodes(), scope, outputs);
        return outputs.stream().map(name -> scope.get(name, this::undefined)).toList();
    }

    /** Runs those nodes that some values need. */
    void run(List<OnnxNode> nodes, Scope scope, List<String> outputs) {
        new NodeOrder(model.file(), nodes).of(outputs).forEach(node -> step(node, scope));
    }

    private void step(OnnxNode node, Scope scope) {
        List<Operand> operands = new ArrayList<>();
        for (String name : node.inputs()) {
            operands.add(name.isEmpty() ? new Operand.Absent(null) : scope.get(name, n -> undefined(n, node)));
        }
        Call call = new Call(this, node, operands, Paths.of(node, operands));
        List<Operand> results;
        try {
            results = results(call, scope);
        } catch (ModelFormatException e) {
            throw new ModelFormatException(
                    model.file() + ", node " + Refusals.describe(call) + ": " + e.got(), e.expected(), e.cure(), e);
        } catch (ArithmeticException | IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
            throw new ModelFormatException(
                    model.file() + ", node " + Refusals.describe(call) + ": " + e.getMessage(),
                    "operands that the operator takes",
                    "export the model again",
                    e);
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.outputs().get(i).isEmpty()) {
                scope.put(
                        node.outputs().get(i),
                        i < results.size() ? results.get(i) : new Operand.Absent(node.operator()));
            }
        }
    }

    private List<Operand> results(Call call, Scope scope) {
        Optional<List<Operand>> inner = Subgraphs.run(call, scope);
        if (inner.isPresent()) {
            return inner.get();
        }
        Operator operator = Operators.find(call.node().domain(), call.operator());
        if (operator == null) {
            throw call.unsupported("which the graph has no form for");
        }
        Optional<Operand> number = call.node().domain().isEmpty() ? SizeArithmetic.apply(call) : Optional.empty();
        return number.isPresent() ? List.of(number.get()) : operator.apply(call);
    }

    private Operand undefined(String name) {
        throw new ModelFormatException(
                model.file() + ", whose output '" + name + "' no node makes",
                "a whole graph",
                "export the model again");
    }

    private Operand undefined(String name, OnnxNode node) {
        throw new ModelFormatException(
                model.file() + ", whose node '" + node.name() + "' (" + node.operator() + ") uses '" + name
                        + "', which nothing makes",
                "nodes that use inputs, weights and what other nodes make",
                "export the model again");
    }
}
