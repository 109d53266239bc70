package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.FunctionVector;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.global.torch;

/**
 * Removes the assignment {@code self.pe = self.pe.to(x.device)} that WeNet's positional encodings make at each call. On
 * one device it changes nothing, but streams on several threads would write the attribute at once, and libtorch then
 * frees a tensor that another thread reads.
 */
public final class AttributeMoves {
    private static final Pattern NAMED =
            Pattern.compile("(?m)^\\s*(?:%[^=]*)?= prim::(?:GetAttr|SetAttr)\\[name=\"([^\"]*)\"\\]");

    private final Map<Long, String> attributes = new HashMap<>();
    private final List<JitNode> moves = new ArrayList<>();
    private final Iterator<String> names;

    private AttributeMoves(Graph graph) {
        Matcher matcher = NAMED.matcher(graph.toString());
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        names = found.iterator();
    }

    /** Removes these assignments from a module that has not run yet. The caller holds a {@link TorchCall}. */
    static void remove(JitModule module) {
        ModuleTree tree = new ModuleTree(module);
        for (String path : tree.paths()) {
            FunctionVector methods = tree.module(path).type().methods();
            for (long i = 0; i < methods.size(); i++) {
                GraphFunction code = torch.tryToGraphFunction(methods.get(i));
                if (code != null && !code.isNull()) {
                    new AttributeMoves(code.graph()).removeFrom(code.graph());
                }
            }
        }
    }

    private void removeFrom(Graph graph) {
        Ir.walk(graph.block(), this::visit);
        moves.forEach(JitNode::destroy);
    }

    private void visit(JitNode node) {
        String kind = Ir.kind(node);
        if (kind.equals("prim::GetAttr")) {
            attributes.put(node.output().unique(), names.next());
        } else if (kind.equals("prim::SetAttr") && isMove(node, names.next())) {
            moves.add(node);
        }
    }

    private boolean isMove(JitNode set, String name) {
        JitNode to = set.input(1).node();
        if (!Ir.kind(to).equals("aten::to")) {
            return false;
        }
        JitNode get = to.input(0).node();
        return Ir.kind(get).equals("prim::GetAttr")
                && get.input(0).unique() == set.input(0).unique()
                && name.equals(attributes.get(to.input(0).unique()));
    }
}
