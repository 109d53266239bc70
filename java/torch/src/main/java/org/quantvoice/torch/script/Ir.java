package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueVector;
import org.bytedeco.pytorch.global.torch;

/** Reads and makes nodes of TorchScript graphs. */
public final class Ir {
    /** Operators that ask for a property of a tensor which quantization does not change. */
    public static final Set<String> ASKS = Set.of("aten::size", "aten::dim", "aten::len", "prim::device");

    private static final String OWNER = "qv_owner";

    private Ir() {}

    /** Returns the name of the operator, e.g. {@code aten::linear}. */
    public static String kind(JitNode node) {
        return Libtorch.text(node.kind().toQualString());
    }

    /** Returns a copy of the list of a block's nodes, in order. */
    public static List<JitNode> nodes(Block block) {
        List<JitNode> nodes = new ArrayList<>();
        JitNode end = block.return_node();
        for (JitNode n = block.nodes().front(); !n.equals(end); n = n.next()) {
            nodes.add(n);
        }
        return nodes;
    }

    public static List<Block> blocks(JitNode node) {
        BlockArrayRef blocks = node.blocks();
        List<Block> list = new ArrayList<>();
        for (long i = 0; i < blocks.size(); i++) {
            list.add(blocks.at(i));
        }
        return list;
    }

    /** Visits every node of a block and of the blocks inside, in the order of execution. */
    public static void walk(Block block, Consumer<JitNode> visitor) {
        for (JitNode node : nodes(block)) {
            visitor.accept(node);
            blocks(node).forEach(inner -> walk(inner, visitor));
        }
    }

    public static int inputCount(JitNode node) {
        return Math.toIntExact(node.inputs().size());
    }

    /**
     * Marks a node with the module whose method it comes from, by the module's index in a list of paths. The mark
     * survives inlining and freezing.
     */
    static void setOwner(JitNode node, int module) {
        node.i_(Symbol.attr(OWNER), module);
    }

    public static Optional<Integer> owner(JitNode node) {
        return node.hasAttributeS(OWNER) ? Optional.of((int) node.i(Symbol.attr(OWNER))) : Optional.empty();
    }

    public static void forgetOwner(JitNode node) {
        if (node.hasAttributeS(OWNER)) {
            node.removeAttributeS(OWNER);
        }
    }

    /** Returns a value that is known before the graph runs; a list made of constants is. */
    public static Optional<IValue> constant(Value value) {
        IValueOptional known = torch.toIValue(value);
        return known.has_value() ? Optional.of(new IValue(known.get())) : Optional.empty();
    }

    /** Returns the only operator that uses a value, not counting those that ask for its shape. */
    public static Optional<JitNode> onlyUser(Value value) {
        List<JitNode> users = new ArrayList<>();
        JitNode maker = value.node();
        for (JitNode node = maker.next(); !node.equals(maker.owningBlock().return_node()); node = node.next()) {
            collectUsers(node, value.unique(), users);
        }
        collectUsers(maker.owningBlock().return_node(), value.unique(), users);
        users.removeIf(user -> ASKS.contains(kind(user)));
        boolean same = users.size() == 1 && users.get(0).owningBlock().equals(maker.owningBlock());
        return same && !kind(users.get(0)).equals("prim::Return") ? Optional.of(users.get(0)) : Optional.empty();
    }

    private static void collectUsers(JitNode node, long value, List<JitNode> users) {
        for (int i = 0; i < inputCount(node); i++) {
            if (node.input(i).unique() == value) {
                users.add(node);
            }
        }
        for (Block block : blocks(node)) {
            nodes(block).forEach(inner -> collectUsers(inner, value, users));
            collectUsers(block.return_node(), value, users);
        }
    }

    /** Returns a list of integers if it is constant. */
    static Optional<long[]> constantInts(Value value) {
        Optional<IValue> known = constant(value);
        if (known.isPresent() && known.get().isIntList()) {
            return Optional.of(known.get().toIntVector().get());
        }
        JitNode maker = value.node();
        if (!kind(maker).equals("prim::ListConstruct")) {
            return Optional.empty();
        }
        long[] ints = new long[inputCount(maker)];
        for (int i = 0; i < ints.length; i++) {
            Optional<IValue> item = constant(maker.input(i));
            if (item.isEmpty() || !item.get().isInt()) {
                return Optional.empty();
            }
            ints[i] = item.get().toInt();
        }
        return Optional.of(ints);
    }

    /** Inserts a node with one output before another node. */
    public static JitNode insertBefore(JitNode place, String kind, Value... inputs) {
        Graph graph = place.owningGraph();
        JitNode node = graph.create(Symbol.fromQualString(kind), new ValueVector(inputs), 1);
        node.insertBefore(place);
        return node;
    }

    /** Inserts a node with any number of outputs before another node. */
    public static JitNode insertBefore(JitNode place, String kind, ValueVector inputs, int outputs) {
        JitNode node = place.owningGraph().create(Symbol.fromQualString(kind), inputs, outputs);
        node.insertBefore(place);
        return node;
    }

    /** Returns a list of tensors if it is constant. */
    static Optional<List<Tensor>> constantTensors(Value value) {
        Optional<IValue> known = constant(value);
        List<Tensor> tensors = new ArrayList<>();
        if (known.isPresent() && known.get().isTensorList()) {
            TensorVector list = known.get().toTensorVector();
            for (long i = 0; i < list.size(); i++) {
                tensors.add(new Tensor(list.get(i)));
            }
            return Optional.of(tensors);
        }
        JitNode maker = value.node();
        for (int i = 0; kind(maker).equals("prim::ListConstruct") && i < inputCount(maker); i++) {
            Optional<IValue> item = constant(maker.input(i));
            if (item.isEmpty() || !item.get().isTensor()) {
                return Optional.empty();
            }
            tensors.add(new Tensor(item.get().toTensor()));
        }
        return tensors.isEmpty() ? Optional.empty() : Optional.of(tensors);
    }

    /** Inserts a constant before a node. */
    public static Value constant(JitNode place, IValue value) {
        Graph graph = place.owningGraph();
        graph.setInsertPoint(place);
        return graph.insertConstant(value);
    }

    /**
     * Removes constants, and lists of constants, that nothing uses any more. Otherwise the float weights would be saved
     * beside the int8 ones.
     */
    public static void sweepConstants(Block block) {
        List<JitNode> nodes = nodes(block);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            JitNode node = nodes.get(i);
            blocks(node).forEach(Ir::sweepConstants);
            boolean pure = kind(node).equals("prim::Constant") || kind(node).equals("prim::ListConstruct");
            if (pure && !node.hasUses()) {
                node.destroy();
            }
        }
    }
}
