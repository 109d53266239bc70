package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.export.FirstCache;

/**
 * The encoder of a streaming model on one chunk. Beside the graph's inputs it takes {@code required_cache_size}, and
 * cuts the attention cache that it returns to that many frames (negative: all), so that a caller can pass the caches to
 * the next chunk unchanged.
 */
final class StreamingEncoder {
    private static final String KEPT = "required_cache_size";
    private static final String OFFSET = "offset";
    private static final int TIME = 2;
    private static final Naming NAMING = new Naming(
            "encoder_chunk",
            Map.of("xs", "chunk"),
            Map.of("C", "T_CACHE"),
            List.of("output", "r_att_cache", "r_cnn_cache"));

    private final Graph graph;
    private final boolean dummy;
    private final Lowering lowering;

    StreamingEncoder(Graph graph, ExportPrecision precision, FirstCache firstCache) {
        this.graph = graph;
        this.dummy = firstCache == FirstCache.DUMMY_FRAME;
        this.lowering = new Lowering(graph, precision, NAMING);
    }

    GraphProto write() {
        lowering.input(KEPT, DType.INT, new Shape(List.of()));
        lowering.compute(graph.inputs(), graph.outputs(), this::inside);
        for (int i = 0; i < graph.outputs().size(); i++) {
            Value output = graph.outputs().get(i);
            if (i == 1) {
                List<Dim> dims = new ArrayList<>(output.shape().dims());
                dims.set(TIME, Dim.symbol("T_NEXT_CACHE"));
                lowering.declare(lastFrames(output), NAMING.output(i), DType.FLOAT, new Shape(dims));
            } else {
                lowering.declare(output, NAMING.output(i));
            }
        }
        return lowering.build();
    }

    /**
     * Returns what the encoder uses for an input. If caches begin with a dummy frame, it is cut from the cache and
     * subtracted from the offset.
     */
    private String inside(String input) {
        OnnxGraph out = lowering.out();
        if (!dummy || !input.equals(cacheName()) && !input.equals(OFFSET)) {
            return input;
        }
        return input.equals(OFFSET)
                ? out.add("Sub", List.of(input, out.scalar(DType.INT, 1)))
                : out.add("Slice", List.of(input, out.longs(1), out.longs(Long.MAX_VALUE), out.longs(TIME)));
    }

    private String cacheName() {
        return NAMING.input(graph.inputs().get(1).label());
    }

    /** Returns {@code cache[:, :, start:]} with {@code start = required < 0 ? 0 : max(0, frames - required)}. */
    private String lastFrames(Value cache) {
        OnnxGraph out = lowering.out();
        out.enter("cache");
        String name = lowering.name(cache);
        String frames = lowering.sizes().of(cache.shape().dim(TIME));
        String required = out.add("Unsqueeze", List.of(KEPT, out.longs(0)));
        String all = out.add("Less", List.of(required, out.longs(0)));
        String left = out.add("Max", List.of(out.add("Sub", List.of(frames, required)), out.longs(0)));
        String start = out.add("Where", List.of(all, out.longs(0), left));
        String kept = out.add("Slice", List.of(name, start, frames, out.longs(TIME)));
        if (dummy) {
            String first = out.add("Slice", List.of(cacheName(), out.longs(0), out.longs(1), out.longs(TIME)));
            kept = out.add("Concat", List.of(first, kept), Attribute.of("axis", (long) TIME));
        }
        out.enter("");
        return kept;
    }
}
