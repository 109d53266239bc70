package org.quantvoice.plan;

import java.util.Optional;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/** Turns {@code arange(n) + offset} into {@code arange(offset, offset + n)}, so that positions are one node. */
final class PositionFolding {
    private PositionFolding() {}

    static Graph apply(Graph graph) {
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : graph.nodes()) {
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

    private static Optional<Node> counted(Graph graph, Node node) {
        boolean shifts = node.op() == Op.ADD
                && node.inputs().size() == 1
                && node.attributes().has("scalar")
                && node.attributes().isInteger("scalar");
        return shifts ? graph.producer(node.input(0)).filter(n -> n.op() == Op.ARANGE) : Optional.empty();
    }
}
