package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.FunctionType;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.error.UnsupportedOperatorException;

/**
 * Inlines all calls in a method's graph and marks each node with the module that it comes from. (libtorch's own inliner
 * records this too, but the Java binding cannot read it.)
 *
 * <p>Attribute names of nodes cannot be read through the binding either; they are taken from the printed graph, whose nodes
 * come in the same order.
 */
public final class GraphInliner {
    private static final Pattern NAMED =
            Pattern.compile("(?m)^\\s*(?:%[^=]*= )?prim::(?:GetAttr|CallMethod)\\[name=\"([^\"]*)\"[\\],]");

    private final ModuleTree tree;
    private final List<String> paths;
    private final Map<Long, String> pathOfValue = new HashMap<>();

    public GraphInliner(ModuleTree tree) {
        this.tree = tree;
        this.paths = tree.paths();
    }

    /** Inlines all calls of a method in place. */
    public void inline(Graph method) {
        pathOfValue.clear();
        pathOfValue.put(method.inputs().at(0).unique(), "");
        Iterator<String> names = names(method);
        visit(method.block(), "", names);
        method.lint();
    }

    private static Iterator<String> names(Graph graph) {
        List<String> names = new ArrayList<>();
        Matcher m = NAMED.matcher(graph.toString());
        while (m.find()) {
            names.add(m.group(1));
        }
        return names.iterator();
    }

    private void visit(Block block, String owner, Iterator<String> names) {
        visit(block.nodes().front(), block.return_node(), owner, names);
    }

    private void visit(JitNode from, JitNode to, String owner, Iterator<String> names) {
        JitNode node = from;
        while (!node.equals(to)) {
            JitNode next = node.next();
            switch (Ir.kind(node)) {
                case "prim::CallMethod" -> {
                    String path = path(node);
                    replace(node, tree.module(path).type().getMethod(names.next()), path, next);
                }
                case "prim::CallFunction" -> {
                    var function = new FunctionType(node.input(0).type().get()).function();
                    node.removeInput(0);
                    replace(node, function, owner, next);
                }
                default -> {
                    mark(node, owner, names);
                    for (Block inner : Ir.blocks(node)) {
                        visit(inner, owner, names);
                    }
                }
            }
            node = next;
        }
    }

    private void mark(JitNode node, String owner, Iterator<String> names) {
        if (Ir.owner(node).isEmpty()) {
            // a node with an owner comes from another method of the model, which was inlined before
            Ir.setOwner(node, paths.indexOf(owner));
        }
        if (Ir.kind(node).equals("prim::GetAttr")) {
            String name = names.next();
            String parent = pathOfValue.get(node.input().unique());
            if (parent != null) {
                pathOfValue.put(node.output().unique(), parent.isEmpty() ? name : parent + "." + name);
            }
        }
    }

    private String path(JitNode call) {
        String path = pathOfValue.get(call.input(0).unique());
        if (path == null || !paths.contains(path)) {
            throw new UnsupportedOperatorException(
                    "a call on a module that is chosen at run time",
                    "modules that are called by name",
                    "index module lists with constants before export");
        }
        return path;
    }

    private void replace(JitNode call, org.bytedeco.pytorch.Function function, String owner, JitNode next) {
        GraphFunction callee = torch.toGraphFunction(function);
        callee.ensure_defined();
        Graph body = callee.graph();
        JitNode before = call.prev();
        torch.inlineCallTo(call, callee, body);
        visit(before.next(), next, owner, names(body));
    }
}
