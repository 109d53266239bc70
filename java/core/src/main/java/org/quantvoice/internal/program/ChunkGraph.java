package org.quantvoice.internal.program;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.source.StreamingGraphs;

/**
 * A graph of streaming chunks ({@link StreamingGraphs#next()}) without caches as inputs and outputs: each layer
 * appends its new keys and frames to those that a stream keeps in its own memory. Positions are kept with the keys,
 * so that a chunk computes only the positions of its own frames.
 */
public final class ChunkGraph {
    /** Operators that compute each row of positions from one position. */
    private static final Set<Op> BY_ROW =
            EnumSet.of(Op.CAST, Op.RESHAPE, Op.TRANSPOSE, Op.CONCAT, Op.LINEAR, Op.EXPAND, Op.LAYER_NORM, Op.EMBEDDING);

    private final Graph graph;
    private final String cachedFrames;
    private final Map<Node, CacheMatch.Keys> keys = new IdentityHashMap<>();
    private final Map<Node, CacheMatch.Frames> frames = new IdentityHashMap<>();
    private final Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Node> positions = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Integer> ofPositions = new HashSet<>();
    private long longest = Long.MAX_VALUE;

    /** @throws UnsupportedOperatorException if the graph uses its caches in a way that this class does not know */
    public ChunkGraph(Graph graph) {
        this.graph = graph;
        cachedFrames = attentionShape().dim(2).toString();
        CacheMatch match = new CacheMatch(graph);
        for (Node node : graph.nodes()) {
            match.keys(node).ifPresent(k -> keys.put(node, k));
            match.frames(node).ifPresent(f -> frames.put(node, f));
        }
        requireAll(keys.values().stream().map(CacheMatch.Keys::layer).toList(), attentionShape(), "attention");
        if (hasFrames()) {
            requireAll(frames.values().stream().map(CacheMatch.Frames::layer).toList(), frameShape(), "convolution");
        }
        collectNeeded(graph.outputs().get(0));
        graph.nodes().stream().filter(needed::contains).forEach(this::check);
    }

    private static void requireAll(List<Integer> layers, Shape cache, String name) {
        long expected = cache.dim(0).constant();
        if (layers.size() != expected || new HashSet<>(layers).size() != expected) {
            throw new UnsupportedOperatorException(
                    "the " + name + " cache used in an unknown way (" + layers.size() + " of " + expected
                            + " layers found)",
                    "keys, values and frames put behind the cached ones",
                    "run this model with Engine.LIBTORCH");
        }
    }

    private void collectNeeded(Value output) {
        Deque<Value> open = new ArrayDeque<>(List.of(output));
        while (!open.isEmpty()) {
            Node node = graph.producer(open.pop()).orElse(null);
            if (node != null && needed.add(node)) {
                open.addAll(inputs(node));
            }
        }
    }

    private List<Value> inputs(Node node) {
        CacheMatch.Keys attention = keys.get(node);
        if (attention != null) {
            return java.util.stream.Stream.of(
                            attention.query(),
                            attention.key(),
                            attention.value(),
                            attention.positionQuery(),
                            attention.position())
                    .filter(Objects::nonNull)
                    .toList();
        }
        return frames.containsKey(node) ? List.of(frames.get(node).fresh()) : node.inputs();
    }

    /** Refuses a node that depends on how much is cached or on the place in the stream, unless it makes rows of positions. */
    private void check(Node node) {
        if (node.op() == Op.ARANGE && mentions(node.attributes().dim("start").toString(), StreamingGraphs.OFFSET)) {
            positions.add(node);
            ofPositions.add(node.output().id());
            return;
        }
        boolean byRow =
                BY_ROW.contains(node.op()) || node.op().isUnary() || node.op().isBinary();
        boolean derived = byRow
                && node.inputs().stream().anyMatch(v -> ofPositions.contains(v.id()))
                && node.inputs().stream()
                        .allMatch(v -> ofPositions.contains(v.id())
                                || graph.constant(v).isPresent());
        if (derived) {
            ofPositions.add(node.output().id());
            if (node.op() == Op.EMBEDDING) {
                longest = Math.min(longest, node.input(0).shape().dim(0).constant());
            }
        } else if (!frames.containsKey(node)
                && !keys.containsKey(node)
                && (mentions(node.output().shape().toString(), cachedFrames)
                        || mentions(node.attributes().toString(), StreamingGraphs.OFFSET))) {
            throw Emission.unsupported(node, "sizes that depend on the place in the stream");
        }
    }

    private static boolean mentions(String text, String name) {
        return text.matches("(?s).*\\b" + name + "\\b.*");
    }

    public Graph graph() {
        return graph;
    }

    /** Returns the symbol for the frames in the attention cache. */
    String cachedFrames() {
        return cachedFrames;
    }

    Map<Node, CacheMatch.Keys> keys() {
        return keys;
    }

    Map<Node, CacheMatch.Frames> frames() {
        return frames;
    }

    boolean isNeeded(Node node) {
        return needed.contains(node);
    }

    /** Returns whether a node counts up positions in the stream. */
    boolean isPosition(Node node) {
        return positions.contains(node);
    }

    /**
     * Returns the number of encoder frames in the longest stream: rows of the model's table of positions, if it has
     * one.
     */
    public long longest() {
        return longest;
    }

    /**
     * Returns whether layers look at frames before their chunk other than by attention; they do so only in
     * convolutions.
     */
    private boolean hasFrames() {
        return !frameShape().size().is(0);
    }

    /** Returns the shape of the attention cache, {@code [layers, heads, C, 2 width]}. */
    private Shape attentionShape() {
        return graph.inputs().get(1).shape();
    }

    /** Returns the shape of the convolution cache, {@code [layers, 1, channels, frames]}. */
    private Shape frameShape() {
        return graph.inputs().get(2).shape();
    }

    long heads() {
        return attentionShape().dim(1).constant();
    }

    /** Returns the width of one head's key. */
    long keyWidth() {
        return attentionShape().dim(3).constant() / 2;
    }

    /** Returns whether positions are kept with the keys. */
    boolean keepsPositions() {
        return keys.values().stream().anyMatch(k -> k.position() != null);
    }

    /**
     * Returns how many floats a stream keeps of one frame in all layers: value, key and perhaps position of each
     * head.
     */
    public long keyRow() {
        return attentionShape().dim(0).constant() * heads() * keyWidth() * (keepsPositions() ? 3 : 2);
    }

    long channels() {
        return frameShape().dim(2).constant();
    }

    /** Returns the number of frames before a chunk that its convolutions see. */
    public int framesBefore() {
        return (int) frameShape().dim(3).constant();
    }

    /**
     * Returns how many floats a stream keeps of the convolutions' inputs of one frame; 1, which is not used, in a
     * model without convolutions.
     */
    public long frameRow() {
        return hasFrames() ? frameShape().dim(0).constant() * channels() : 1;
    }
}
