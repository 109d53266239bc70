package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.ValueArrayRef;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.error.UnsupportedOperatorException;

/** Copies the code of TorchScript functions; each function is copied once. */
final class ScriptReader {

    private final Map<Long, ScriptBlock> known = new HashMap<>();
    private final Symbol nameAttribute = Symbol.attr("name");

    ScriptBlock read(Function function) {
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
            block = read(graph.block());
            known.put(function.address(), block);
        }
        return block;
    }

    private ScriptBlock read(Block block) {
        List<ScriptNode> nodes = new ArrayList<>();
        JitNode end = block.return_node();
        for (JitNode node = block.nodes().front(); !node.equals(end); node = node.next()) {
            nodes.add(read(node));
        }
        return new ScriptBlock(ids(block.inputs()), nodes, ids(block.outputs()));
    }

    private ScriptNode read(JitNode node) {
        String kind = node.kind().toQualString().getString();
        List<ScriptBlock> blocks = new ArrayList<>();
        BlockArrayRef nested = node.blocks();
        for (long i = 0; i < nested.size(); i++) {
            blocks.add(read(nested.at(i)));
        }
        boolean named = kind.equals("prim::GetAttr") || kind.equals("prim::SetAttr") || kind.equals("prim::CallMethod");
        String name = named ? node.s(nameAttribute).getString() : "";
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
