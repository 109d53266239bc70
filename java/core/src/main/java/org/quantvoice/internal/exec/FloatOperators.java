package org.quantvoice.internal.exec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.internal.passes.QuantizableLayers;

/** Finds which operators of a graph multiply floats, and why they do not multiply integers. */
public final class FloatOperators {
    private final Graph graph;
    private final Set<Node> quantizable;
    private final boolean quantized;

    private FloatOperators(Graph graph) {
        this.graph = graph;
        this.quantizable = new HashSet<>(QuantizableLayers.of(graph));
        this.quantized =
                graph.nodes().stream().anyMatch(n -> LayerPrecision.of(n).isInt8());
    }

    public static List<PlanListing.FloatOperator> of(Graph graph) {
        FloatOperators operators = new FloatOperators(graph);
        List<PlanListing.FloatOperator> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            operators
                    .reason(node)
                    .ifPresent(why ->
                            found.add(new PlanListing.FloatOperator(node.op().toString(), node.path(), why)));
        }
        return found;
    }

    private Optional<String> reason(Node node) {
        return switch (node.op()) {
            case LINEAR, CONV1D, CONV2D -> layer(node);
            case MATMUL, ATTENTION ->
                Optional.of(
                        "both sides are computed: int8 or bfloat16 where the CPU has it and the model is quantized, else float");
            case LSTM, GRU, RNN -> recurrence(node);
            default -> Optional.empty();
        };
    }

    private Optional<String> recurrence(Node node) {
        LayerPrecision precision = LayerPrecision.of(node);
        if (precision.isInt8()) {
            return Optional.empty();
        }
        if (precision.kind() == LayerPrecision.Kind.BFLOAT16) {
            return Optional.of("the model says bfloat16");
        }
        return Optional.of(quantized ? "no dynamic module of the recipe covers it" : "the model is not quantized");
    }

    private Optional<String> layer(Node node) {
        LayerPrecision precision = LayerPrecision.of(node);
        if (precision.isInt8()) {
            return Optional.empty();
        }
        if (LayerPrecision.note(node).isPresent()) {
            return LayerPrecision.note(node);
        }
        if (precision.kind() == LayerPrecision.Kind.BFLOAT16) {
            return Optional.of("the model says bfloat16");
        }
        if (graph.constant(node.input(1)).isEmpty()) {
            return Optional.of("its weights are computed");
        }
        if (!quantizable.contains(node)) {
            return Optional.of("depthwise, part of a spectrum, or too many inputs for the sums of 32 bits");
        }
        return Optional.of(quantized ? "the recipe does not name it" : "the model is not quantized");
    }
}
