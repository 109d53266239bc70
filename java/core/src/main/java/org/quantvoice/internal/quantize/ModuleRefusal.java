package org.quantvoice.internal.quantize;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.internal.text.NearNames;

/** Errors for modules that a recipe names and that cannot be quantized so: which exist, and which do not. */
final class ModuleRefusal {
    private ModuleRefusal() {}

    /**
     * Says why a module has no layer that can be quantized as asked.
     *
     * @param dynamic its layers that can only be dynamic, if it was to be static
     */
    static QuantVoiceException of(Graph graph, String name, List<Node> dynamic) {
        String module = name.isEmpty() ? "the whole model" : "module " + name;
        if (!dynamic.isEmpty()) {
            return new UnsupportedOperatorException(
                    module + " (" + Quantizer.type(dynamic.get(0)) + ") as static",
                    "a module that can be static; this one can be dynamic",
                    "name it as dynamic, or leave it float");
        }
        List<String> tables = DynamicLayers.all(graph).stream()
                .map(Node::path)
                .filter(p -> Quantizer.covers(name, p))
                .toList();
        if (!tables.isEmpty()) {
            return new UnsupportedOperatorException(
                    module + ", whose only layer that can be int8 is a table",
                    "the table by its own name, " + tables.get(0) + ", as dynamic: entries are read as they are stored",
                    "name that one, or leave it float");
        }
        if (graph.paths().stream().anyMatch(p -> Quantizer.covers(name, p))) {
            return new UnsupportedOperatorException(
                    module + ", which has no layer that can be int8",
                    "a module with Linear, Conv1d or Conv2d layers (static or dynamic), LSTM, GRU, RNN or Embedding (dynamic)",
                    "leave it float");
        }
        return new QuantizationException(
                module,
                "one of the model's modules, such as " + NearNames.of(name, modulePaths(graph)),
                "list the modules with qv inspect");
    }

    private static Set<String> modulePaths(Graph graph) {
        Set<String> all = new LinkedHashSet<>();
        for (String path : graph.paths()) {
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                all.add(path.substring(0, dot));
            }
            all.add(path);
        }
        return all;
    }
}
