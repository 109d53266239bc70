package org.quantvoice.internal.onnx.operators;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.onnx.read.OnnxNode;

/**
 * Sorts the nodes that some values need, each behind those whose results it uses. Files should have them in this
 * order, but converters add nodes at the end.
 */
final class NodeOrder {
    private final Path file;
    private final List<OnnxNode> nodes;
    private final Map<String, OnnxNode> makers = new HashMap<>();

    NodeOrder(Path file, List<OnnxNode> nodes) {
        this.file = file;
        this.nodes = nodes;
        for (OnnxNode node : nodes) {
            for (String name : node.outputs()) {
                if (!name.isEmpty() && makers.put(name, node) != null) {
                    throw new ModelFormatException(
                            file + ", in which two nodes make '" + name + "'",
                            "a name for each value",
                            "export the model again");
                }
            }
        }
    }

    /** Returns the nodes that these values need; nodes of a file that is in order keep the file's order. */
    List<OnnxNode> of(List<String> outputs) {
        Set<OnnxNode> needed = needed(outputs);
        List<OnnxNode> order = new ArrayList<>();
        Set<OnnxNode> done = newSet();
        for (OnnxNode node : nodes) {
            if (needed.contains(node) && !done.contains(node)) {
                visit(node, order, done);
            }
        }
        return order;
    }

    private Set<OnnxNode> needed(List<String> outputs) {
        Set<OnnxNode> needed = newSet();
        Deque<String> open = new ArrayDeque<>(outputs);
        while (!open.isEmpty()) {
            OnnxNode maker = makers.get(open.pop());
            if (maker != null && needed.add(maker)) {
                open.addAll(Subgraphs.names(maker));
            }
        }
        return needed;
    }

    private static Set<OnnxNode> newSet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** Adds a node behind those that it needs. */
    private void visit(OnnxNode root, List<OnnxNode> order, Set<OnnxNode> done) {
        Set<OnnxNode> open = newSet();
        Deque<OnnxNode> stack = new ArrayDeque<>(List.of(root));
        while (!stack.isEmpty()) {
            OnnxNode node = stack.peek();
            if (done.contains(node) || open.contains(node)) {
                stack.pop();
                if (open.remove(node)) {
                    done.add(node);
                    order.add(node);
                }
                continue;
            }
            open.add(node);
            for (String name : Subgraphs.names(node)) {
                OnnxNode maker = makers.get(name);
                if (maker != null && open.contains(maker)) {
                    throw cycle(node, name);
                }
                if (maker != null && !done.contains(maker)) {
                    stack.push(maker);
                }
            }
        }
    }

    private ModelFormatException cycle(OnnxNode node, String name) {
        return new ModelFormatException(
                file + ", a graph with a cycle: the node '" + node.name() + "' (" + node.operator() + ") uses '" + name
                        + "', which depends on its own result",
                "a graph without cycles",
                "export the model again");
    }
}
