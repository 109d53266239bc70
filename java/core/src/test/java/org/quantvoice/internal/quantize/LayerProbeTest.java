package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.passes.QuantizableLayers;

public class LayerProbeTest {
    private static final int[] FRAMES = {16, 16, 9, 16, 9, 9, 31};

    /** A probe that runs many pieces gives of each what a new one gives. */
    @Test
    void programsOfShapesThatComeAgainServeAgain() {
        try (Graph graph = SmallModels.floats();
                KernelPool pool = KernelPool.of(1)) {
            for (Node layer : QuantizableLayers.of(graph)) {
                TensorData weight = graph.constant(layer.input(1)).orElseThrow().data();
                try (LayerProbe probe = new LayerProbe(graph, layer, LayerPrecision.FLOAT, weight, pool)) {
                    for (LayerInput input : pieces(layer)) {
                        assertThat(probe.run(input))
                                .as("%s, shape %s", layer.path(), List.of(input.shape()))
                                .isEqualTo(LayerProbe.exact(graph, layer, List.of(input), pool)
                                        .get(0));
                    }
                }
            }
        }
    }

    private static List<LayerInput> pieces(Node layer) {
        Random random = new Random(5);
        return java.util.Arrays.stream(FRAMES)
                .mapToObj(frames -> {
                    long[] shape = layer.input(0).shape().dims().stream()
                            .mapToLong(d -> d.isConstant() ? d.constant() : frames)
                            .toArray();
                    float[] values =
                            new float[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) random.nextGaussian();
                    }
                    return new LayerInput(values, shape);
                })
                .toList();
    }
}
