package org.quantvoice.internal.program;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/**
 * Values that depend on sizes alone, computed while a program is planned: indices, masks, numbers of buckets.
 * Products and norms are left to the run, since the reference interpreter is slow.
 */
final class SizeValues {
    private static final Set<Op> HEAVY = EnumSet.of(
            Op.LINEAR,
            Op.MATMUL,
            Op.CONV1D,
            Op.CONV2D,
            Op.LSTM,
            Op.GRU,
            Op.RNN,
            Op.ATTENTION,
            Op.LAYER_NORM,
            Op.GROUP_NORM,
            Op.BATCH_NORM,
            Op.FRONT_END);

    private final Graph graph;
    private final Set<Integer> known;
    private final Function<Value, TensorData> reference;

    /** @param known ids that {@link #find} returned */
    SizeValues(Graph graph, Set<Integer> known, Map<String, Long> sizes) {
        this.graph = graph;
        this.known = known;
        this.reference = ReferenceInterpreter.ofSizes(graph, sizes);
    }

    /** Returns the ids of a graph's values that depend on no input. */
    static Set<Integer> find(Graph graph) {
        Set<Integer> found = new HashSet<>();
        graph.constants().values().forEach(c -> found.add(c.value().id()));
        for (Node node : graph.nodes()) {
            boolean free = node.inputs().stream().allMatch(v -> found.contains(v.id()));
            if (free && !HEAVY.contains(node.op())) {
                node.outputs().forEach(v -> found.add(v.id()));
            }
        }
        return found;
    }

    /** Returns the whole numbers of a value; empty if they depend on an input. */
    Optional<long[]> integers(Value value) {
        return known.contains(value.id()) ? Optional.of(reference.apply(value).longs()) : Optional.empty();
    }

    /** Returns a value as a tensor that the program holds; empty if it depends on an input. */
    Optional<Strided> tensor(Value value) {
        if (!known.contains(value.id()) || graph.producer(value).isEmpty()) {
            return Optional.empty();
        }
        TensorData data = reference.apply(value);
        return Optional.of(Strided.dense(Buffer.constant(floats(data)), data.shape()));
    }

    private static float[] floats(TensorData data) {
        if (data.type() == DType.FLOAT) {
            return data.floats();
        }
        float[] result = new float[Math.toIntExact(data.size())];
        if (data.type() == DType.INT) {
            long[] longs = data.longs();
            for (int i = 0; i < result.length; i++) {
                result[i] = longs[i];
            }
        } else {
            boolean[] flags = data.booleans();
            for (int i = 0; i < result.length; i++) {
                result[i] = flags[i] ? 1 : 0;
            }
        }
        return result;
    }
}
