package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.longform.LocalAttention;

/** Turns a graph and the sizes of its inputs into a program. Thread-safe. */
public final class ProgramBuilder {
    private final Graph graph;
    private final Fusion fusion;
    private final Weights weights;
    private final Optional<LocalAttention> local;

    public ProgramBuilder(Graph graph, Weights weights) {
        this(graph, weights, Optional.empty());
    }

    /** @param local the frames that self-attention sees; empty if it sees all */
    public ProgramBuilder(Graph graph, Weights weights, Optional<LocalAttention> local) {
        this.local = local;
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
     * @param shapes one for each input of the graph; a program of a graph with a front end takes the features instead
     *     of the samples
     * @param scalars values of the graph's integer arguments
     * @param taps values that stay in memory, so that they can be read after a run
     * @throws UnsupportedOperatorException if the executor lacks an operator
     */
    public Program build(List<long[]> shapes, Map<String, Long> scalars, Set<Value> taps) {
        return build(plan(shapes, scalars, taps, false));
    }

    /** Builds a program that runs many times: what depends on sizes alone is in its {@link Program#prologue}. */
    public Program buildForRuns(List<long[]> shapes, Map<String, Long> scalars) {
        return build(plan(shapes, scalars, Set.of(), true));
    }

    private static Program build(Planned planned) {
        return ProgramAssembly.of(
                planned.first, planned.drafts, planned.inputs, planned.outputs, planned.kept, new long[0]);
    }

    /** Builds the same program, to be run piece by piece. */
    public ProgramAssembly.Pieces pieces(List<long[]> shapes, Map<String, Long> scalars, Set<Value> taps) {
        Planned planned = plan(shapes, scalars, taps, false);
        return ProgramAssembly.pieces(planned.drafts, planned.inputs, planned.outputs, planned.kept);
    }

    /** Steps whose buffers have no place yet; the first ones run once, before all runs. */
    private record Planned(
            List<Draft> first,
            List<Draft> drafts,
            List<Strided> inputs,
            List<Strided> outputs,
            Map<Value, Strided> kept) {}

    private Planned plan(List<long[]> shapes, Map<String, Long> scalars, Set<Value> taps, boolean split) {
        Emission emission = new Emission(fusion, weights, graph.sizes(shapes, scalars));
        emission.local = local;
        List<Strided> inputs = new ArrayList<>();
        Optional<Node> frontEnd = FrontEndOperator.find(graph);
        for (Value given : graph.inputs()) {
            Value input = frontEnd.map(Node::output).orElse(given); // the caller computes the features of a front end
            Strided tensor = emission.fresh(emission.shape(input));
            tensor.buffer().pinned = true;
            emission.set(input, tensor);
            inputs.add(tensor);
        }
        new NodeEmitter(emission).emitAll();
        requireLocal(emission);
        List<Strided> outputs = new ArrayList<>();
        graph.outputs().forEach(v -> outputs.add(kept(emission, v)));
        Map<Value, Strided> kept = new LinkedHashMap<>();
        taps.stream().filter(emission::has).forEach(v -> kept.put(v, kept(emission, v)));
        Set<Buffer> read = new HashSet<>();
        outputs.forEach(t -> read.add(t.buffer()));
        kept.values().forEach(t -> read.add(t.buffer()));
        emission.removeUnread(read);
        PositionScores.apply(emission.drafts);
        QuantizeMerge.apply(emission.drafts);
        inputs.forEach(t -> read.add(t.buffer()));
        List<Draft> first = split ? FixedSteps.split(emission.drafts, read) : List.of();
        return new Planned(first, emission.drafts, inputs, outputs, kept);
    }

    /**
     * Refuses local attention that no step uses: the user would believe that a setting works that changed nothing.
     */
    private void requireLocal(Emission emission) {
        if (local.isPresent() && emission.localSteps == 0) {
            throw new UnsupportedOperatorException(
                    "local attention " + local.get() + " for a model in which no self-attention was found",
                    "a model whose attention is one step of its plan (qv inspect --plan)",
                    "leave out localAttention (--local-attention)");
        }
    }

    /** Returns the tensor as a dense one whose memory is never given to another buffer. */
    static Strided kept(Emission emission, Value value) {
        Strided tensor = emission.tensor(value);
        Strided dense = isPlain(tensor)
                ? tensor
                : emission.copy(tensor, emission.graph.producer(value).orElseThrow());
        dense.buffer().pinned = true;
        return dense;
    }

    private static boolean isPlain(Strided tensor) {
        return tensor.isDense() && java.util.Arrays.equals(tensor.strides(), Strided.denseStrides(tensor.dims()));
    }
}
