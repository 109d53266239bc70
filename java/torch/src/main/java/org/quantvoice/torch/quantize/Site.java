package org.quantvoice.torch.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Ir;
import org.quantvoice.torch.script.LayerKind;

/**
 * A layer's operator in a frozen graph that a recipe asks to be int8.
 *
 * @param node the operator
 * @param path dotted path of its module
 * @param call 0 for the first time the module runs in this graph, 1 for the second; equal in all methods' graphs
 * @param kind its type
 * @param method static or dynamic
 */
public record Site(JitNode node, String path, int call, LayerKind kind, Method method) {

    /** Returns whether its input and output are int8, with ranges from calibration. */
    boolean isCalibrated() {
        return method == Method.STATIC && !kind.weightsOnly();
    }

    /**
     * Returns the ReLU that the layer's operator does as well. It must be the only user of the layer's output, except
     * for questions about its shape.
     */
    Optional<JitNode> relu() {
        if (!isCalibrated() || !kind.takesRelu()) {
            return Optional.empty();
        }
        return Ir.onlyUser(node.output()).filter(user -> Ir.kind(user).matches("aten::relu_?"));
    }

    /** Returns the value that is rounded: the output of the ReLU if there is one, else that of the layer. */
    Value result() {
        return relu().map(JitNode::output).orElseGet(node::output);
    }

    /** Returns the name of the site, which is the same in all graphs of the model. */
    String id() {
        return path + "#" + call;
    }

    /** Returns the name of its input among the observed tensors. */
    String input() {
        return id() + ":in";
    }

    /** Returns the name of its output among the observed tensors. */
    String output() {
        return id() + ":out";
    }

    /** Returns the sites of a graph, in the order in which they run. */
    static List<Site> of(Graph graph, FrozenScript script, Selection selection) {
        List<Site> sites = new ArrayList<>();
        Map<String, Integer> calls = new HashMap<>();
        Ir.walk(graph.block(), node -> {
            String path = script.owner(node);
            Optional<LayerKind> kind = LayerKind.ofType(script.type(path));
            Optional<Method> method = selection.method(path);
            if (kind.isPresent() && method.isPresent() && kind.get().matches(Ir.kind(node))) {
                boolean anyNeighbour = kind.get().methods().isEmpty() && method.get() == Method.STATIC;
                boolean possible = anyNeighbour || kind.get().methods().contains(method.get());
                if (possible) {
                    int call = calls.merge(path, 1, Integer::sum) - 1;
                    sites.add(new Site(node, path, call, kind.get(), method.get()));
                }
            }
        });
        return sites;
    }

    /** Returns each layer below a static name that has no static form, such as a recurrence, once. */
    static List<Layer> notTaken(Graph graph, FrozenScript script, Selection selection) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        Ir.walk(graph.block(), node -> {
            String path = script.owner(node);
            boolean fixed = selection.method(path).filter(Method.STATIC::equals).isPresent();
            LayerKind.ofType(script.type(path))
                    .filter(kind -> fixed && kind.matches(Ir.kind(node)))
                    .filter(kind -> !kind.methods().isEmpty() && !kind.methods().contains(Method.STATIC))
                    .ifPresent(kind -> layers.put(path, notTaken(path, kind)));
        });
        return List.copyOf(layers.values());
    }

    private static Layer notTaken(String path, LayerKind kind) {
        String possible = kind.methods().stream().map(LayerKind::name).collect(Collectors.joining(" or "));
        String why = kind.type() + " can be " + possible + ", not static";
        return new Layer(path, kind.type(), Method.KEPT_FLOAT, Double.NaN, Double.NaN, why);
    }
}
