package org.quantvoice.graph;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints a graph as text: a head with the inputs, one line for each node, a tail with the outputs. */
final class GraphPrinter {

    private GraphPrinter() {}

    static String print(Graph graph) {
        StringBuilder out = new StringBuilder("graph(");
        out.append(Stream.concat(
                        graph.inputs().stream().map(Value::toString),
                        graph.scalars().stream().map(s -> s + ": int"))
                .collect(Collectors.joining(", ")));
        out.append(") {  # ")
                .append(graph.nodes().size())
                .append(" nodes, ")
                .append(graph.constants().size());
        out.append(" constants\n");
        graph.nodes().forEach(node -> out.append("  ").append(node).append('\n'));
        String results = graph.outputs().stream().map(Value::label).collect(Collectors.joining(", "));
        return out.append("  return ").append(results).append("\n}\n").toString();
    }
}
