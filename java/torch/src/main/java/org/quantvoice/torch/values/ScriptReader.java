package org.quantvoice.torch.values;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.ValueArrayRef;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;

/**
 * Copies the code of TorchScript functions; each function is copied once. Names of attributes and methods are taken from
 * the listing of the graph, because {@code JitNode.s} gives a pointer to memory that is gone when it returns.
 */
public final class ScriptReader {

    private static final Set<String> NAMED_KINDS =
            Set.of("prim::GetAttr", "prim::SetAttr", "prim::CallMethod", "prim::isinstance");
    private static final Pattern NAMED =
            Pattern.compile("(prim::(?:GetAttr|SetAttr|CallMethod))\\[name=\"((?:[^\"\\\\]|\\\\.)*)\"\\]"
                    + "|(prim::isinstance)\\[types=\\[(.*?)\\]\\]\\(");

    private final Map<Long, ScriptBlock> known = new HashMap<>();

    /** The kind of a node and its name, which for isinstance are the types. */
    private record Named(String kind, String name) {}

    public ScriptBlock read(Function function) {
        ScriptBlock block = known.get(function.address());
        if (block == null) {
            GraphFunction code = torch.tryToGraphFunction(function);
            if (code == null || code.isNull()) {
                throw new UnsupportedOperatorException(
                        "call of built-in function " + function.name().getString(),
                        "a function written in TorchScript",
                        "run this model on the LIBTORCH engine");
            }
            Graph graph = code.graph();
            block = read(graph.block(), names(graph));
            known.put(function.address(), block);
        }
        return block;
    }

    private static Deque<Named> names(Graph graph) {
        Deque<Named> names = new ArrayDeque<>();
        Matcher matcher = NAMED.matcher(graph.toString());
        while (matcher.find()) {
            boolean type = matcher.group(1) == null;
            names.add(new Named(matcher.group(type ? 3 : 1), matcher.group(type ? 4 : 2)));
        }
        return names;
    }

    private ScriptBlock read(Block block, Deque<Named> names) {
        List<ScriptNode> nodes = new ArrayList<>();
        JitNode end = block.return_node();
        for (JitNode node = block.nodes().front(); !node.equals(end); node = node.next()) {
            nodes.add(read(node, names));
        }
        return new ScriptBlock(ids(block.inputs()), nodes, ids(block.outputs()));
    }

    private ScriptNode read(JitNode node, Deque<Named> names) {
        String kind = node.kind().toQualString().getString();
        String name = "";
        if (NAMED_KINDS.contains(kind)) {
            Named next = names.poll();
            if (next == null || !next.kind().equals(kind)) {
                throw new ModelFormatException(
                        "a listing of code without the name of " + kind,
                        "one name each",
                        "save the model again with torch.jit.save");
            }
            name = next.name();
        }
        List<ScriptBlock> blocks = new ArrayList<>();
        BlockArrayRef nested = node.blocks();
        for (long i = 0; i < nested.size(); i++) {
            blocks.add(read(nested.at(i), names));
        }
        return new ScriptNode(kind, name, ids(node.inputs()), ids(node.outputs()), blocks, node);
    }

    private static List<Long> ids(ValueArrayRef values) {
        List<Long> ids = new ArrayList<>();
        for (long i = 0; i < values.size(); i++) {
            ids.add(values.at(i).unique());
        }
        return ids;
    }
}
