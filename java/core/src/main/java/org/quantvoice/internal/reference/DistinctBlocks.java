package org.quantvoice.internal.reference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.passes.GraphCopy;

/**
 * A large model with each kind of block once, for comparisons that the whole model would make too long. A block is a run of nodes
 * behind which a single value goes on in the place of a single one before it, as in an encoder's stack of residual layers; blocks
 * are of one kind if they have the same operators with the same attributes, wired alike, on tensors of the same shapes, whatever
 * their weights. Of blocks of one kind that keep the shape of their value the first stays, and the others pass it on.
 */
final class DistinctBlocks {
    /** Nodes in which the end of a block is looked for. */
    private static final int LONGEST = 400;
    /** Constants up to this size that are no parameters are part of a block's kind, element by element: sizes, axes, scales. */
    private static final int SMALL = 16;

    private final Graph graph;
    private final List<Node> nodes;
    /** Values that were made before a position and are used at it or later, by position. */
    private final List<Set<Value>> live;

    private DistinctBlocks(Graph graph) {
        this.graph = graph;
        this.nodes = graph.nodes();
        this.live = live(graph);
    }

    /**
     * Some nodes in a row.
     *
     * @param from the first
     * @param to the one behind the last
     * @param in the value that they take
     * @param out the value that goes on in its place
     * @param alone whether it makes nothing else that later blocks use, such as a table of positions
     */
    private record Block(int from, int to, Value in, Value out, boolean alone) {}

    /**
     * The model with one block of each kind.
     *
     * @return a graph that shares its constants with the given one, which has to stay open and is closed alone; empty if no block
     *     is there twice
     */
    static Optional<Graph> of(Graph graph) {
        DistinctBlocks blocks = new DistinctBlocks(graph);
        List<Block> repeated = blocks.repeated();
        return repeated.isEmpty() ? Optional.empty() : Optional.of(blocks.without(repeated));
    }

    private static List<Set<Value>> live(Graph graph) {
        List<Node> nodes = graph.nodes();
        List<Set<Value>> live = new ArrayList<>();
        Set<Value> now = new HashSet<>(graph.outputs());
        for (int p = nodes.size(); p > 0; p--) {
            live.add(0, Set.copyOf(now));
            Node node = nodes.get(p - 1);
            node.outputs().forEach(now::remove);
            node.inputs().stream().filter(v -> graph.constant(v).isEmpty()).forEach(now::add);
        }
        live.add(0, Set.copyOf(now));
        return live;
    }

    private List<Block> repeated() {
        List<Block> repeated = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        int at = 0;
        while (at < nodes.size()) {
            Optional<Block> block = block(at);
            block.filter(b -> canPass(b) && !seen.add(kind(b))).ifPresent(repeated::add);
            at = block.map(Block::to).orElse(at + 1);
        }
        return repeated;
    }

    /** The shortest block that begins at a node; empty if none does. */
    private Optional<Block> block(int from) {
        Set<Value> before = live.get(from);
        for (int to = from + 1; to <= Math.min(nodes.size(), from + LONGEST); to++) {
            Set<Value> after = live.get(to);
            List<Value> used = difference(before, after);
            Value out = nodes.get(to - 1).output();
            if (used.size() == 1 && after.contains(out)) {
                int made = difference(after, before).size();
                return Optional.of(new Block(from, to, used.get(0), out, made == 1));
            }
        }
        return Optional.empty();
    }

    private static List<Value> difference(Set<Value> of, Set<Value> without) {
        return of.stream().filter(v -> !without.contains(v)).toList();
    }

    /** All that decides how the engine plans a block. */
    private String kind(Block block) {
        Map<Value, String> names = new HashMap<>();
        names.put(block.in, "in");
        StringBuilder kind = new StringBuilder(block.in.type() + " " + block.in.shape());
        for (Node node : nodes.subList(block.from, block.to)) {
            kind.append('\n')
                    .append(node.op())
                    .append(' ')
                    .append(node.attributes().asMap());
            for (Value input : node.inputs()) {
                kind.append(' ')
                        .append(graph.constant(input)
                                .map(DistinctBlocks::name)
                                .orElse(names.getOrDefault(input, "%" + input.id())));
            }
            for (Value output : node.outputs()) {
                names.put(output, "#" + names.size());
                kind.append(" -> ").append(output.type()).append(output.shape());
            }
        }
        return kind.append(' ').append(names.get(block.out)).toString();
    }

    private static String name(Constant constant) {
        String shape = constant.data().type() + " " + constant.value().shape();
        if (isWeight(constant)) {
            return shape;
        }
        return shape
                + switch (constant.data().type()) {
                    case FLOAT -> java.util.Arrays.toString(constant.data().floats());
                    case INT -> java.util.Arrays.toString(constant.data().longs());
                    case BOOL -> java.util.Arrays.toString(constant.data().booleans());
                };
    }

    private static boolean isWeight(Constant constant) {
        return constant.parameter() || constant.data().size() > SMALL;
    }

    /**
     * Returns whether its value may be passed on, and leaving it out saves time: what has no weights takes little.
     */
    private boolean canPass(Block block) {
        return block.alone
                && block.in.shape().equals(block.out.shape())
                && block.in.type() == block.out.type()
                && nodes.subList(block.from, block.to).stream()
                        .flatMap(node -> node.inputs().stream())
                        .anyMatch(v -> graph.constant(v)
                                .filter(DistinctBlocks::isWeight)
                                .isPresent());
    }

    private Graph without(List<Block> blocks) {
        Map<Value, Value> instead = new HashMap<>();
        Set<Node> left = new HashSet<>();
        for (Block block : blocks) {
            instead.put(block.out, instead.getOrDefault(block.in, block.in));
            left.addAll(nodes.subList(block.from, block.to));
        }
        Set<Node> needed = needed(instead);
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : nodes) {
            if (needed.contains(node) && !left.contains(node)) {
                copy.add(node);
            }
            for (Value output : node.outputs()) {
                Value by = instead.get(output);
                if (by != null) {
                    copy.replace(output, copy.value(by));
                }
            }
        }
        return copy.build();
    }

    /** The nodes that lead to an output: constants of others must not come into the copy, which would close them. */
    private Set<Node> needed(Map<Value, Value> instead) {
        Set<Node> needed = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(graph.outputs());
        while (!open.isEmpty()) {
            Value value = open.pop();
            Value used = instead.getOrDefault(value, value);
            graph.producer(used).filter(needed::add).ifPresent(n -> open.addAll(n.inputs()));
        }
        return needed;
    }
}
