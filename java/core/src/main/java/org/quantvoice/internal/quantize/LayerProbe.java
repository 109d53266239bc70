package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.PackedWeights;
import org.quantvoice.internal.kernels.Arena;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.kernels.NativeProgram;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramBuilder;

/** One layer of a graph on the native executor, with given weights and precision. For one thread. */
public final class LayerProbe implements AutoCloseable {
    private final PackedWeights weights;
    private final ProgramBuilder builder;
    private final KernelPool pool;
    private @Nullable Prepared last;

    /**
     * Packs the weights.
     *
     * @param weight used instead of the layer's own
     * @param pool is not closed here
     */
    LayerProbe(Graph graph, Node layer, LayerPrecision precision, TensorData weight, KernelPool pool) {
        GraphBuilder alone = new GraphBuilder();
        List<Value> inputs = new ArrayList<>();
        inputs.add(
                alone.input("input", layer.input(0).type(), free(layer.input(0).shape())));
        inputs.add(alone.constant("weight", weight, true));
        for (int i = 2; i < layer.inputs().size(); i++) {
            TensorData data = graph.constant(layer.input(i))
                    .orElseThrow(() -> new UnsupportedOperatorException(
                            "layer " + layer.path() + " with a bias that is computed",
                            "a bias that is a parameter",
                            "leave this layer out of the tuning"))
                    .data();
            inputs.add(alone.constant("input" + i, data, true));
        }
        List<Value> outputs = alone.addAll(layer.op(), layer.path(), precision.in(layer.attributes()), inputs);
        Graph one = alone.build(outputs);
        this.weights = new PackedWeights(one, pool.threads());
        this.builder = new ProgramBuilder(one, weights);
        this.pool = pool;
    }

    private static Shape free(Shape shape) {
        List<Dim> dims = new ArrayList<>();
        for (Dim dim : shape.dims()) {
            dims.add(dim.isConstant() ? dim : Dim.parse("size" + dims.size()));
        }
        return new Shape(dims);
    }

    /** Returns the layer's output, row-major. */
    float[] run(LayerInput input) {
        Prepared run = prepared(input.shape());
        run.arena.write(run.plan.inputs().get(0).offset(), input.values());
        run.program.run(pool, run.arena);
        Program.Region out = run.plan.outputs().get(0);
        return run.arena.read(out.offset(), out.elements());
    }

    /** The program of the last run serves again if the shape is the same, as that of most chunks is. */
    private Prepared prepared(long[] shape) {
        if (last == null || !Arrays.equals(last.shape, shape)) {
            closeLast();
            last = new Prepared(shape, builder.build(List.of(shape), Map.of(), Set.of()));
        }
        return last;
    }

    /** A program for one shape with its working memory. */
    private static final class Prepared implements AutoCloseable {
        private final long[] shape;
        private final Program plan;
        private final NativeProgram program;
        private final Arena arena;

        Prepared(long[] shape, Program plan) {
            this.shape = shape;
            this.plan = plan;
            this.program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes());
            try {
                this.arena = Arena.of(plan.arenaBytes());
            } catch (RuntimeException | Error e) {
                program.close();
                throw e;
            }
            plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
        }

        @Override
        public void close() {
            program.close();
            arena.close();
        }
    }

    /**
     * Returns the outputs of a layer in float.
     *
     * @throws org.quantvoice.error.QuantizationException naming the layer, if an output is not finite
     */
    static List<float[]> exact(Graph graph, Node layer, List<LayerInput> seen, KernelPool pool) {
        TensorData weight = graph.constant(layer.input(1)).orElseThrow().data();
        try (LayerProbe probe = new LayerProbe(graph, layer, LayerPrecision.FLOAT, weight, pool)) {
            List<float[]> exact = probe.run(seen);
            exact.forEach(y -> LayerInputs.requireFinite(y, "the output of " + layer.path()));
            return exact;
        }
    }

    List<float[]> run(List<LayerInput> recordings) {
        return recordings.stream().map(this::run).toList();
    }

    private void closeLast() {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    @Override
    public void close() {
        closeLast();
        weights.close();
    }
}
