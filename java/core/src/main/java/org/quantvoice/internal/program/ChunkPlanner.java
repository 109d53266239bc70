package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.source.StreamingGraphs;

/**
 * Plans programs that encode one chunk of each of several streams; the streams keep their caches in their own memory.
 * Thread-safe.
 */
public final class ChunkPlanner {
    private final ChunkGraph chunks;
    private final Fusion fusion;
    private final Weights weights;

    public ChunkPlanner(ChunkGraph chunks, Weights weights) {
        this.chunks = chunks;
        this.fusion = new Fusion(chunks.graph());
        this.weights = weights;
    }

    /**
     * Plans a program. Its inputs are, one behind the other for each stream, features {@code [frames, bins]}, a mask
     * {@code [cached + S]}, and positions. Its output is encoder frames {@code [streams, S, width]}. Each stream has
     * two slots: the first begins {@code cached} rows before the next key, the second as many frames before the next
     * frame as convolutions see.
     *
     * @param frames feature frames of a chunk
     * @param cached rows of the attention cache that attention looks at, 0 or more
     * @param streams 1 or more
     */
    public Program plan(long frames, long cached, int streams) {
        Map<String, Long> sizes = sizes(frames);
        Graph graph = chunks.graph();
        long fresh = graph.outputs().get(0).shape().dim(1).evaluate(sizes);
        Emission emission = new Emission(
                fusion, weights, sizes,
                Set.of()) /* nothing is size-only, since positions count on from chunk to chunk */;
        ChunkEmitter emitter = new ChunkEmitter(emission, chunks, cached, fresh);
        Strided features = emitter.input(graph.inputs().get(0).shape().evaluate(sizes));
        emission.set(graph.inputs().get(0), features);
        emitter.emit();
        Strided out = ProgramBuilder.kept(emission, graph.outputs().get(0));
        QuantizeMerge.apply(emission.drafts);
        List<Strided> inputs = new ArrayList<>(List.of(features, emitter.mask()));
        inputs.addAll(emitter.positions());
        StreamStacking stacking = new StreamStacking(streams);
        List<Draft> drafts = stacking.apply(emission.drafts);
        long[] slots = new long[StreamStacking.SLOTS * streams];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = emitter.slotBytes()[i % StreamStacking.SLOTS];
        }
        return ProgramAssembly.of(
                List.of(),
                drafts,
                inputs.stream().map(stacking::apply).toList(),
                List.of(stacking.apply(out)),
                Map.of(),
                slots);
    }

    /** Returns the sizes with empty caches, since caches are no longer part of the graph. */
    private Map<String, Long> sizes(long frames) {
        Graph graph = chunks.graph();
        Shape features = graph.inputs().get(0).shape();
        Shape attention = graph.inputs().get(1).shape();
        long[] cache = new long[attention.rank()];
        for (int i = 0; i < cache.length; i++) {
            cache[i] = attention.dim(i).isConstant() ? attention.dim(i).constant() : 1;
        }
        long[] convolution = graph.inputs().get(2).shape().evaluate(Map.of());
        long[] chunk = {1, frames, features.dim(2).constant()};
        Map<String, Long> scalars = graph.scalars().isEmpty() ? Map.of() : Map.of(StreamingGraphs.OFFSET, 0L);
        Map<String, Long> sizes = new HashMap<>(graph.sizes(List.of(chunk, cache, convolution), scalars));
        sizes.put(chunks.cachedFrames(), 0L);
        return sizes;
    }
}
