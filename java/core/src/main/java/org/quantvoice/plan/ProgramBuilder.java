package org.quantvoice.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;

/** Turns a graph and the sizes of its inputs into a program. Thread-safe. */
final class ProgramBuilder {
    private final Graph graph;
    private final Fusion fusion;
    private final Weights weights;

    ProgramBuilder(Graph graph, Weights weights) {
        this.graph = graph;
        this.fusion = new Fusion(graph);
        this.weights = weights;
    }

    Fusion fusion() {
        return fusion;
    }

    /**
     * Builds the program.
     *
     * @param shapes one per input of the graph
     * @param scalars values of the graph's integer arguments
     * @param taps values to keep, so that they can be read after a run
     * @throws UnsupportedOperatorException if the executor lacks an operator
     */
    Program build(List<long[]> shapes, Map<String, Long> scalars, Set<Value> taps) {
        Emission emission = new Emission(fusion, weights, graph.sizes(shapes, scalars));
        List<Strided> inputs = new ArrayList<>();
        for (Value input : graph.inputs()) {
            Strided tensor = emission.fresh(emission.shape(input));
            tensor.buffer().pinned = true;
            emission.set(input, tensor);
            inputs.add(tensor);
        }
        new NodeEmitter(emission).emitAll();
        List<Strided> outputs = new ArrayList<>();
        graph.outputs().forEach(v -> outputs.add(kept(emission, v)));
        Map<Value, Strided> kept = new LinkedHashMap<>();
        taps.forEach(v -> kept.put(v, kept(emission, v)));
        QuantizeMerge.apply(emission.drafts);
        long scratch = new RowGroups(emission.drafts).apply();
        Set<Buffer> used = new LinkedHashSet<>();
        inputs.forEach(t -> used.add(t.buffer()));
        outputs.forEach(t -> used.add(t.buffer()));
        kept.values().forEach(t -> used.add(t.buffer()));
        long arena = new ArenaLayout().apply(emission.drafts, List.copyOf(used));
        emission.drafts.forEach(d -> used.addAll(d.reads));
        return assemble(emission.drafts, arena, scratch, inputs, outputs, kept, used);
    }

    /** The tensor, dense and never overwritten. */
    private Strided kept(Emission emission, Value value) {
        Strided tensor = emission.tensor(value);
        Strided dense = isPlain(tensor)
                ? tensor
                : emission.copy(tensor, graph.producer(value).orElseThrow());
        dense.buffer().pinned = true;
        return dense;
    }

    private static boolean isPlain(Strided tensor) {
        return tensor.isDense() && java.util.Arrays.equals(tensor.strides(), Strided.denseStrides(tensor.dims()));
    }

    private static Program assemble(
            List<Draft> drafts,
            long arena,
            long scratch,
            List<Strided> inputs,
            List<Strided> outputs,
            Map<Value, Strided> kept,
            Set<Buffer> used) {
        List<Program.Constant> constants = used.stream()
                .filter(b -> b.constant != null)
                .map(b -> new Program.Constant(b.place, b.constant))
                .toList();
        Map<Value, Program.Region> taps = new HashMap<>();
        kept.forEach((value, tensor) -> taps.put(value, region(tensor)));
        return new Program(
                words(drafts),
                drafts.stream()
                        .map(d -> new Program.Step(d.op, d.label, d.group, d.operations))
                        .toList(),
                arena,
                scratch,
                inputs.stream().map(ProgramBuilder::region).toList(),
                outputs.stream().map(ProgramBuilder::region).toList(),
                constants,
                Map.copyOf(taps));
    }

    private static Program.Region region(Strided tensor) {
        return new Program.Region(tensor.buffer().place + tensor.offset() * Float.BYTES, tensor.dims());
    }

    private static long[] words(List<Draft> drafts) {
        long[] words =
                new long[drafts.stream().mapToInt(d -> 4 + d.fields.size()).sum()];
        int at = 0;
        for (Draft draft : drafts) {
            words[at++] = draft.op.code;
            words[at++] = draft.group;
            words[at++] = draft.blockRows;
            words[at++] = draft.fields.size();
            for (Object field : draft.fields) {
                words[at++] = word(field);
            }
        }
        return words;
    }

    private static long word(Object field) {
        if (field instanceof Draft.Place place) {
            return address(place);
        }
        return field instanceof LongSupplier later ? later.getAsLong() : (Long) field;
    }

    private static long address(Draft.Place place) {
        long base = place.buffer().place;
        return base >= 0 ? base + place.bytes() : ~(~base + place.bytes());
    }
}
