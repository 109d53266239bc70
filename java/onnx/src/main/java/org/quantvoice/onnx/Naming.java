package org.quantvoice.onnx;

import java.util.List;
import java.util.Map;
import org.quantvoice.graph.Dim;

/**
 * The names of a file's inputs, outputs and axes.
 *
 * @param graph the graph
 * @param inputs names of inputs, by their names in the graph; others keep theirs
 * @param axes names of sizes, by their symbols
 * @param outputs names in order; further outputs are numbered
 */
record Naming(String graph, Map<String, String> inputs, Map<String, String> axes, List<String> outputs) {

    static final Naming PLAIN = new Naming("graph", Map.of(), Map.of(), List.of());

    String input(String name) {
        return inputs.getOrDefault(name, name);
    }

    String output(int index) {
        return index < outputs.size() ? outputs.get(index) : "output_" + index;
    }

    /** Returns the formula of a size, written with the names of the axes. */
    String axis(Dim dim) {
        String text = dim.toString();
        for (Map.Entry<String, String> axis : axes.entrySet()) {
            text = text.replaceAll("\\b" + axis.getKey() + "\\b", axis.getValue());
        }
        return text;
    }
}
