package org.quantvoice.internal.program;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;

/**
 * Finds where a graph of streaming chunks uses its caches: attention over cached and fresh keys, and new frames that
 * are appended to cached ones.
 */
public final class CacheMatch {
    /** Index of the attention cache in the graph's inputs. */
    private static final int ATTENTION_CACHE = 1;

    private static final int FRAME_CACHE = 2;

    private final Graph graph;

    CacheMatch(Graph graph) {
        this.graph = graph;
    }

    /**
     * Attention {@code softmax((query key' + positionQuery position') * scale) value} over the cached frames and the
     * chunk's own.
     *
     * @param last the product that ends it
     * @param layer index on the first axis of the cache
     * @param join node that appends the chunk's own keys to the cached ones
     * @param query {@code [1, heads, S, width]}
     * @param key of the chunk alone, in the shape of the query
     * @param value of the chunk alone, in the shape of the query
     * @param positionQuery query for the key's position, in models whose scores have a part for it; else null
     * @param position {@code [1, heads, width, C + S]}, computed from positions alone; else null
     */
    record Keys(
            Node last,
            int layer,
            Node join,
            Value query,
            Value key,
            Value value,
            @Nullable Value positionQuery,
            @Nullable Value position,
            double scale) {}

    /**
     * Frames appended to cached ones: {@code [1, channels, cached + S]}.
     *
     * @param join the node that appends them
     * @param layer index on the first axis of the cache
     * @param fresh the chunk's own frames
     */
    record Frames(Node join, int layer, Value fresh) {}

    Optional<Frames> frames(Node node) {
        if (!joinsBehindCache(node)) {
            return Optional.empty();
        }
        int layer = layer(node.input(0), FRAME_CACHE);
        return layer < 0 ? Optional.empty() : Optional.of(new Frames(node, layer, node.input(1)));
    }

    Optional<Keys> keys(Node last) {
        Node softmax = last.op() == Op.MATMUL ? producer(last.input(0), Op.SOFTMAX) : null;
        if (softmax == null) {
            return Optional.empty();
        }
        Value scores = softmax.input(0);
        double scale = 1;
        Node scaling = graph.producer(scores).orElse(null);
        Double factor = scaling == null ? null : AttentionMatch.factor(scaling);
        if (scaling != null && factor != null) {
            scale = factor;
            scores = scaling.input(0);
        }
        Node sum = producer(scores, Op.ADD);
        if (sum == null || sum.inputs().size() != 2) {
            Node content = producer(scores, Op.MATMUL);
            return content == null ? Optional.empty() : keys(last, content, null, scale);
        }
        Node first = producer(sum.input(0), Op.MATMUL);
        Node second = producer(sum.input(1), Op.MATMUL);
        if (first == null || second == null) {
            return Optional.empty();
        }
        return keys(last, first, second, scale).or(() -> keys(last, second, first, factor == null ? 1 : factor));
    }

    private Optional<Keys> keys(Node last, Node content, @Nullable Node position, double scale) {
        Node transposed = producer(content.input(1), Op.TRANSPOSE);
        if (transposed == null || !swapsLast(transposed)) {
            return Optional.empty();
        }
        Fresh key = fresh(transposed.input(0));
        Fresh value = fresh(last.input(1));
        if (key == null || value == null || key.layer != value.layer) {
            return Optional.empty();
        }
        return Optional.of(new Keys(
                last,
                key.layer,
                key.join,
                content.input(0),
                key.rows,
                value.rows,
                position == null ? null : position.input(0),
                position == null ? null : position.input(1),
                scale));
    }

    private static boolean swapsLast(Node transpose) {
        int[] order = transpose.attributes().ints("order");
        int n = order.length;
        for (int i = 0; i < n - 2; i++) {
            if (order[i] != i) {
                return false;
            }
        }
        return n == 4 && order[2] == 3 && order[3] == 2;
    }

    /** Returns the chunk's own rows of keys or values. */
    private record Fresh(int layer, Node join, Value rows) {}

    /** Finds the chunk's own rows, in columns of joined rows or in joined columns. */
    private @Nullable Fresh fresh(Value x) {
        Node node = graph.producer(x).orElse(null);
        if (node != null && joinsBehindCache(node)) {
            int layer = layer(node.input(0), ATTENTION_CACHE);
            return layer < 0 ? null : new Fresh(layer, node, node.input(1));
        }
        if (node == null || !slicesLast(node)) {
            return null;
        }
        Node join = graph.producer(node.input(0)).orElse(null);
        if (join == null || !joinsBehindCache(join)) {
            return null;
        }
        int layer = layer(join.input(0), ATTENTION_CACHE);
        Value rows = column(join.input(1), node);
        return layer < 0 || rows == null ? null : new Fresh(layer, join, rows);
    }

    /** Returns the part of joined columns that a slice selects. */
    private @Nullable Value column(Value joined, Node slice) {
        Node concat = producer(joined, Op.CONCAT);
        if (concat == null
                || concat.attributes().integer("axis") != joined.shape().rank() - 1) {
            return null;
        }
        long wanted = slice.attributes().dim("start").constant();
        long at = 0;
        for (Value part : concat.inputs()) {
            boolean whole = part.shape().dim(-1).equals(slice.output().shape().dim(-1));
            if (at == wanted && whole) {
                return part;
            }
            at += part.shape().dim(-1).constant();
        }
        return null;
    }

    private static boolean slicesLast(Node node) {
        return node.op() == Op.SLICE
                && node.attributes().integer("axis") == node.output().shape().rank() - 1
                && node.attributes().integer("step") == 1
                && node.attributes().dim("start").isConstant();
    }

    private static boolean joinsBehindCache(Node node) {
        return node.op() == Op.CONCAT
                && node.inputs().size() == 2
                && node.attributes().integer("axis") == 2;
    }

    /**
     * Returns the layer of a cache that a value is, as a whole or as some of its columns; -1 if the value is no
     * cache.
     */
    private int layer(Value value, int input) {
        Value cache = graph.inputs().get(input);
        int layer = cache.shape().dim(0).is(1) ? 0 : -1;
        Value at = value;
        while (at.id() != cache.id()) {
            Node node = graph.producer(at).orElse(null);
            if (node == null || node.op() != Op.SLICE && node.op() != Op.RESHAPE) {
                return -1;
            }
            boolean chooses = node.op() == Op.SLICE
                    && node.input(0).id() == cache.id()
                    && node.attributes().integer("axis") == 0;
            if (chooses && node.output().shape().dim(0).is(1)) {
                layer = (int) node.attributes().dim("start").constant();
            }
            at = node.input(0);
        }
        return layer;
    }

    private @Nullable Node producer(Value value, Op op) {
        return graph.producer(value).filter(n -> n.op() == op).orElse(null);
    }
}
