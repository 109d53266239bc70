package org.quantvoice.torch.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.quantvoice.torch.script.FrozenScript;
import org.quantvoice.torch.script.Ir;
import org.quantvoice.torch.script.Operators;
import org.quantvoice.torch.script.QuantParams;

/**
 * Rewrites one graph to int8 operators.
 *
 * <p>Inside a static module ("island") tensors stay quantized from one layer to the next, also through operators that merely
 * move or clip values. They are quantized where a static layer meets a float tensor, and dequantized where an operator without
 * an int8 form, another island or the world outside meets a quantized one.
 */
public final class GraphRewriter {
    /** Operators that libtorch runs on quantized tensors directly; their output has the input's scale. */
    private static final Set<String> CARRIES = Set.of(
            "aten::transpose",
            "aten::permute",
            "aten::t",
            "aten::view",
            "aten::reshape",
            "aten::flatten",
            "aten::unsqueeze",
            "aten::squeeze",
            "aten::contiguous",
            "aten::slice",
            "aten::select",
            "aten::narrow",
            "aten::dropout",
            "aten::feature_dropout");
    /**
     * Operators that libtorch also runs on quantized tensors, but element by element, which is slow (30 times for gelu)
     * unless the tensor is contiguous.
     */
    private static final Set<String> MAPS = Set.of("aten::gelu", "aten::relu", "aten::relu_");

    private final Graph graph;
    private final FrozenScript script;
    private final Selection selection;
    private final QuantPlan plan;
    private final Map<Long, Site> sites = new HashMap<>();
    private final Map<Long, String> islandOfQuantized = new HashMap<>();
    private final Map<Long, Value> dequantized = new HashMap<>();
    private final Map<String, Value> quantized = new HashMap<>();
    private final List<JitNode> replaced = new ArrayList<>();

    GraphRewriter(Graph graph, FrozenScript script, Selection selection, QuantPlan plan) {
        this.graph = graph;
        this.script = script;
        this.selection = selection;
        this.plan = plan;
        Site.of(graph, script, selection)
                .forEach(site -> sites.put(site.node().output(0).unique(), site));
    }

    void rewrite() {
        rewrite(graph.block());
        for (JitNode node : replaced) {
            node.destroy();
        }
        Ir.sweepConstants(graph.block());
        Ir.walk(graph.block(), Ir::forgetOwner);
        graph.lint();
    }

    private void rewrite(Block block) {
        for (JitNode node : Ir.nodes(block)) {
            Optional<Site> site = site(node).filter(s -> !plan.keptFloat(s));
            String island = selection.island(script.owner(node)).orElse("");
            if (site.isPresent() && makesInt8(site.get(), island)) {
                replace(site.get(), island);
            } else if (!staysQuantized(node, island)) {
                dequantizeInputs(node);
                Ir.blocks(node).forEach(this::rewrite);
            }
        }
        dequantizeInputs(block.return_node());
    }

    private Optional<Site> site(JitNode node) {
        return node.outputs().size() == 0
                ? Optional.empty()
                : Optional.ofNullable(sites.get(node.output(0).unique()));
    }

    /**
     * Returns whether a site becomes int8: layers with weights always do, others only between int8 neighbours or as the
     * first of an island.
     */
    private boolean makesInt8(Site site, String island) {
        if (!site.kind().methods().isEmpty()) {
            return true;
        }
        Value input = site.node().input(0);
        String producer = selection.island(script.owner(input.node())).orElse("");
        return isQuantized(input, island) || !producer.equals(island);
    }

    private void replace(Site site, String island) {
        JitNode node = site.node();
        if (!site.isCalibrated()) {
            dequantizeInputs(node);
            JitNode quantized = site.kind().insertFloat(node, plan.packed(site, node), site.method(), plan.scheme());
            for (int i = 0; i < quantized.outputs().size(); i++) {
                exchange(node.output(i), quantized.output(i));
            }
        } else {
            Optional<JitNode> relu = site.relu();
            Value input = quantizedInput(site, island);
            QuantParams range = plan.range(site.output());
            JitNode int8 = site.kind().insertStatic(node, input, plan.packed(site, node), range, relu.isPresent());
            islandOfQuantized.put(int8.output().unique(), island);
            relu.ifPresent(r -> {
                exchange(r.output(), int8.output());
                replaced.add(r);
            });
            exchange(node.output(), int8.output());
        }
        replaced.add(node);
    }

    private static void exchange(Value old, Value by) {
        by.setType(old.type());
        old.replaceAllUsesWith(by);
    }

    private Value quantizedInput(Site site, String island) {
        Value input = site.node().input(0);
        if (isQuantized(input, island)) {
            return input;
        }
        dequantizeInputs(site.node());
        Value plain = site.node().input(0);
        String key = plain.unique() + "@" + site.node().owningBlock().address() + "@" + island;
        return quantized.computeIfAbsent(key, k -> {
            QuantParams range = plan.range(site.input());
            Value scale = Ir.constant(site.node(), new IValue(range.scale()));
            Value zeroPoint = Ir.constant(site.node(), new IValue((long) range.zeroPoint()));
            Value type = Ir.constant(site.node(), Operators.quint8Type());
            return Ir.insertBefore(site.node(), "aten::quantize_per_tensor", plain, scale, zeroPoint, type)
                    .output();
        });
    }

    private boolean isQuantized(Value value, String island) {
        return island.equals(islandOfQuantized.get(value.unique()));
    }

    /** Lets an operator work on int8 if it can, and returns whether it does. */
    private boolean staysQuantized(JitNode node, String island) {
        String kind = Ir.kind(node);
        if (Ir.inputCount(node) == 0 || !isQuantized(node.input(0), island)) {
            return false;
        }
        if (MAPS.contains(kind)) {
            Value plainOrder = Ir.constant(node, new IValue(0L));
            Value ordered = Ir.insertBefore(node, "aten::contiguous", node.input(0), plainOrder)
                    .output();
            node.replaceInput(0, ordered);
        }
        if (CARRIES.contains(kind) || MAPS.contains(kind)) {
            islandOfQuantized.put(node.output().unique(), island);
            return true;
        }
        return Ir.ASKS.contains(kind);
    }

    private void dequantizeInputs(JitNode node) {
        for (int i = 0; i < Ir.inputCount(node); i++) {
            Value input = node.input(i);
            if (islandOfQuantized.containsKey(input.unique())) {
                Value plain = dequantized.computeIfAbsent(input.unique(), id -> dequantize(input));
                node.replaceInput(i, plain);
            }
        }
    }

    private static Value dequantize(Value value) {
        JitNode maker = value.node();
        JitNode node = Ir.insertBefore(maker.next(), "aten::dequantize", value);
        return node.output();
    }
}
