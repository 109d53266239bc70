package org.quantvoice.internal.passes;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/**
 * Turns {@code arange(n) + offset} into {@code arange(offset, offset + n)}, and {@code table[offset : offset + n]}
 * into rows of the table at the indices of such a range, so that positions are one node.
 */
public final class PositionFolding {
    /** Name of the scalar that counts the encoder frames of earlier chunks. */
    public static final String OFFSET = "offset";

    private PositionFolding() {}

    public static Graph apply(Graph graph) {
        GraphCopy copy = new GraphCopy(graph);
        Map<Integer, Value> tables = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (isLookedUp(graph, node)) {
                lookUp(copy, graph.constant(node.input(0)).orElseThrow(), node, tables);
                continue;
            }
            Optional<Node> counted = counted(graph, node);
            if (counted.isPresent()) {
                Attributes range = counted.get().attributes();
                Dim by = node.attributes().dim("scalar");
                copy.replace(
                        node,
                        Op.ARANGE,
                        Attributes.of(
                                "start", range.dim("start").plus(by),
                                "end", range.dim("end").plus(by),
                                "step", range.dim("step"),
                                "type", range.text("type")));
            } else {
                copy.add(node);
            }
        }
        return copy.build();
    }

    /**
     * Returns whether a node takes rows of a table of positions, {@code [1, rows, width]} or {@code [rows, width]}.
     */
    private static boolean isLookedUp(Graph graph, Node node) {
        if (node.op() != Op.SLICE || node.attributes().integer("step") != 1) {
            return false;
        }
        Shape shape = node.input(0).shape();
        int rank = shape.rank();
        return graph.constant(node.input(0)).isPresent()
                && node.input(0).type() == DType.FLOAT
                && (rank == 2 || rank == 3 && shape.dim(0).is(1))
                && node.attributes().integer("axis") == rank - 2
                && node.attributes().dim("start").symbols().stream()
                        .anyMatch(s -> s.name().equals(OFFSET));
    }

    private static void lookUp(GraphCopy copy, Constant table, Node node, Map<Integer, Value> tables) {
        Shape shape = table.value().shape();
        long rows = shape.dim(-2).constant();
        long width = shape.dim(-1).constant();
        Value flat = tables.computeIfAbsent(
                table.value().id(),
                id -> shape.rank() == 2
                        ? copy.value(table.value())
                        : copy.constant(
                                table.name() + ".rows",
                                ArrayTensor.of(table.data().floats(), rows, width)));
        Attributes range = Attributes.of(
                "start", node.attributes().dim("start"),
                "end", node.attributes().dim("end"),
                "step", 1,
                "type", DType.INT.toString());
        Value places = copy.add(Op.ARANGE, node.path(), range);
        Value found = copy.add(Op.EMBEDDING, node.path(), Attributes.NONE, flat, places);
        copy.replace(
                node.output(),
                copy.add(
                        Op.RESHAPE,
                        node.path(),
                        Attributes.of("shape", node.output().shape().dims()),
                        found));
    }

    private static Optional<Node> counted(Graph graph, Node node) {
        boolean shifts = node.op() == Op.ADD
                && node.inputs().size() == 1
                && node.attributes().has("scalar")
                && node.attributes().isInteger("scalar");
        return shifts ? graph.producer(node.input(0)).filter(n -> n.op() == Op.ARANGE) : Optional.empty();
    }
}
