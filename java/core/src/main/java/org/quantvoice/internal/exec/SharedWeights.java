package org.quantvoice.internal.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.program.Weights;

/**
 * The packed weights of a model that has a graph for each length. Constants that the graphs have in common, the very same objects,
 * are packed when a graph first asks for them and serve all graphs; what one graph alone has, such as a mask of its length, lives
 * until that graph's program is made. For one thread at a time.
 */
final class SharedWeights implements AutoCloseable {
    private final int threads;
    private final Predicate<TensorData> common;
    private final Map<Key, Object> packed = new HashMap<>();
    private final List<PackedWeights> lasting = new ArrayList<>();

    /** @param common whether a constant is one of those that the graphs have in common; these stay open as long as this does */
    SharedWeights(int threads, Predicate<TensorData> common) {
        this.threads = threads;
        this.common = common;
    }

    /**
     * What a matrix or a block is made of.
     *
     * @param form its order in memory, and whether it is int8
     */
    private record Key(String form, List<Identity> constants) {}

    /** A constant, which is the same as itself alone: some have equal elements on purpose. */
    private record Identity(TensorData data) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Identity identity && identity.data == data;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(data);
        }
    }

    /** The weights of a graph while its program is made; {@link OfGraph#close} follows. */
    OfGraph of(Graph graph) {
        return new OfGraph(graph);
    }

    /** Native memory in bytes of what the graphs share. */
    long bytes() {
        return lasting.stream().mapToLong(PackedWeights::bytes).sum();
    }

    @Override
    public void close() {
        lasting.forEach(PackedWeights::close);
        lasting.clear();
        packed.clear();
    }

    /** The weights of one graph. */
    final class OfGraph implements Weights, AutoCloseable {
        private final Graph graph;
        private final PackedWeights own;
        private @Nullable PackedWeights shared;

        private OfGraph(Graph graph) {
            this.graph = graph;
            this.own = new PackedWeights(graph, threads);
        }

        /** Native memory in bytes of what only this graph has. */
        long ownBytes() {
            return own.bytes();
        }

        /** Asks for what other graphs packed already, or packs it to stay if they have it in common, or for this graph alone. */
        @SuppressWarnings("unchecked") // a form has one type of result
        private <R> R packed(String form, List<Value> values, Function<PackedWeights, R> asked) {
            List<Identity> constants = new ArrayList<>();
            for (Value value : values) {
                Optional<TensorData> data = graph.constant(value).map(Constant::data);
                if (data.filter(common).isEmpty()) {
                    return asked.apply(own);
                }
                constants.add(new Identity(data.get()));
            }
            return (R) packed.computeIfAbsent(new Key(form, constants), key -> asked.apply(lasting()));
        }

        private PackedWeights lasting() {
            PackedWeights known = shared;
            if (known == null) {
                known = new PackedWeights(graph, threads);
                shared = known;
                lasting.add(known);
            }
            return known;
        }

        private static String form(String name, Node node) {
            return name + " " + LayerPrecision.of(node).kind();
        }

        private static List<Value> weightAndBias(Node node) {
            return node.inputs().subList(1, node.inputs().size());
        }

        @Override
        public Matrix linear(List<Node> nodes) {
            List<Value> values =
                    nodes.stream().flatMap(n -> weightAndBias(n).stream()).toList();
            // how many inputs each layer has tells its bias from the next one's weight
            List<Integer> inputs = nodes.stream().map(n -> n.inputs().size()).toList();
            return packed(form("linear " + inputs, nodes.get(0)), values, weights -> weights.linear(nodes));
        }

        @Override
        public List<Matrix> convolution(Node node) {
            String groups = "convolution of " + node.attributes().integer("groups");
            return packed(form(groups, node), weightAndBias(node), weights -> weights.convolution(node));
        }

        @Override
        public Matrix recurrent(Node node, int weight, int bias) {
            return recurrence(node, weight, bias, weights -> weights.recurrent(node, weight, bias));
        }

        @Override
        public Matrix recurrentInput(Node node, int weight, int bias) {
            return recurrence(node, weight, bias, weights -> weights.recurrentInput(node, weight, bias));
        }

        private Matrix recurrence(Node node, int weight, int bias, Function<PackedWeights, Matrix> asked) {
            boolean biased = bias >= 0 && bias < node.inputs().size();
            List<Value> values = biased ? List.of(node.input(weight), node.input(bias)) : List.of(node.input(weight));
            return packed(form("recurrent", node), values, asked);
        }

        @Override
        public long floats(Value constant) {
            return packed("floats", List.of(constant), weights -> weights.floats(constant));
        }

        @Override
        public long depthwise(Node node) {
            return packed("depthwise", List.of(node.input(1)), weights -> weights.depthwise(node));
        }

        @Override
        public float[] values(Value constant) {
            return own.values(constant);
        }

        /** Closes what only this graph has; programs that were made keep it alive. */
        @Override
        public void close() {
            own.close();
        }
    }
}
