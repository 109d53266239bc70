package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        Program plan = builder.build(List.of(input.shape()), Map.of(), Set.of());
        try (NativeProgram program = NativeProgram.create(plan.words(), plan.arenaBytes(), plan.scratchBytes());
                Arena arena = Arena.of(plan.arenaBytes())) {
            plan.constants().forEach(c -> arena.write(c.offset(), c.values()));
            arena.write(plan.inputs().get(0).offset(), input.values());
            program.run(pool, arena);
            Program.Region out = plan.outputs().get(0);
            float[] values = new float[Math.toIntExact(out.elements())];
            arena.read(out.offset(), values);
            return values;
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

    @Override
    public void close() {
        weights.close();
    }
}
