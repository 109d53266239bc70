package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.source.Gradients;

public class OutputImportanceTest {
    private static final Offset<Float> CLOSE = Offset.offset(1e-6f);
    private static final Path MODEL = Path.of("model.pt");
    private static final String TOKENS = "{\"tokens\": [\"a\", \"-\"], \"blank\": 1}";
    private static final int KERNEL = 20;
    private static final int STRIDE = 10;
    private static final int WIDTH = 4;

    /** A convolution, and a module that runs two linear layers. */
    private static final Graph GRAPH = graph();

    private static Graph graph() {
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Dim samples = wav.shape().dim(1);
        Value x = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, samples)), wav);
        Attributes window = Attributes.of(
                "stride", new int[] {STRIDE}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        x = builder.add(Op.CONV1D, "conv", window, x, weight(builder, "conv", WIDTH, 1, KERNEL));
        x = builder.add(Op.TRANSPOSE, "", Attributes.of("order", new int[] {0, 2, 1}), x);
        x = builder.add(Op.LINEAR, "twice", Attributes.NONE, x, weight(builder, "first", WIDTH, WIDTH));
        x = builder.add(Op.LINEAR, "twice", Attributes.NONE, x, weight(builder, "second", WIDTH, WIDTH));
        return builder.build(List.of(x));
    }

    private static Value weight(GraphBuilder builder, String name, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        return builder.constant(name, ArrayTensor.of(values, shape), true);
    }

    /** Gives gradients of one number a layer, and notes what it was asked. */
    private static class Filled implements Gradients {
        final List<Set<String>> asked = new ArrayList<>();
        int calls = 2;
        float last = 3;

        @Override
        public List<Map<String, List<float[]>>> of(
                List<Audio> audio, Set<String> layers, int blank, int threads, Progress progress) {
            asked.add(layers);
            assertThat(blank).isEqualTo(1);
            List<Map<String, List<float[]>>> all = new ArrayList<>();
            for (Audio recording : audio) {
                int size = WIDTH * ((recording.samples().length - KERNEL) / STRIDE + 1);
                Map<String, List<float[]>> each = new LinkedHashMap<>();
                each.put("conv", List.of(filled(size, 1)));
                each.put("twice", List.of(filled(size, 2), filled(size, last)).subList(0, calls));
                all.add(each);
            }
            return all;
        }

        private static float[] filled(int size, float value) {
            float[] values = new float[size];
            Arrays.fill(values, value);
            values[0] = 10 * value;
            return values;
        }
    }

    private static ModelRequest request(Path model, Optional<String> tokens, int... samples) {
        List<Audio> audio = Arrays.stream(samples)
                .mapToObj(n -> new Audio(new float[n], 16_000))
                .toList();
        return new ModelRequest(
                model,
                Optional.empty(),
                audio,
                Optional.empty(),
                1,
                Progress.none(),
                tokens,
                Optional.empty(),
                true,
                false,
                Optional.empty());
    }

    private static OutputImportance importance(ModelRequest request, Gradients gradients) {
        LayerGradients all = LayerGradients.whole(GRAPH, gradients, request);
        return new OutputImportance(GRAPH, QuantizableLayers.of(GRAPH), request, Optional.of(all));
    }

    /** Outputs of recordings of so many samples. */
    private static List<float[]> outputs(int... samples) {
        return Arrays.stream(samples)
                .mapToObj(n -> new float[WIDTH * ((n - KERNEL) / STRIDE + 1)])
                .toList();
    }

    @Test
    void eachRunOfAModuleHasItsGradients() {
        Filled source = new Filled();
        OutputImportance importance = importance(request(MODEL, Optional.of(TOKENS), 100, 55), source);
        for (Node layer : QuantizableLayers.of(GRAPH)) {
            List<float[]> found = importance.of(layer, outputs(100, 55));
            assertThat(found).extracting(w -> w.length).containsExactly(9 * WIDTH, 4 * WIDTH);
        }
        assertThat(source.asked).containsExactly(Set.of("conv", "twice"));
        source.last = 0;
        Node second = QuantizableLayers.of(GRAPH).get(2);
        OutputImportance zero = importance(request(MODEL, Optional.of(TOKENS), 100), source);
        assertThat(zero.of(second, outputs(100)).get(0))
                .as("the loss does not depend on it")
                .containsOnly(1f);
    }

    @Test
    void whatCannotBeDifferentiatedIsRefused() {
        ModelRequest fine = request(MODEL, Optional.of(TOKENS), 100);
        assertThatThrownBy(() -> new OutputImportance(GRAPH, QuantizableLayers.of(GRAPH), fine, Optional.empty()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("model.pt")
                .hasMessageContaining("quantvoice-torch")
                .hasMessageContaining("the .pt file");
        assertThatThrownBy(() -> importance(request(MODEL, Optional.empty(), 100), new Filled()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("without a token list");
        assertThatThrownBy(() -> importance(request(MODEL, Optional.of("{\"tokens\": []}"), 100), new Filled()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("blank");
    }

    @Test
    void gradientsThatDoNotFitAreRefused() {
        ModelRequest fine = request(MODEL, Optional.of(TOKENS), 100);
        Node second = QuantizableLayers.of(GRAPH).get(2);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Filled source = new Filled();
            source.last = bad;
            assertThatThrownBy(() -> importance(fine, source).of(second, outputs(100)))
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContaining("the gradient of twice");
        }
        Filled once = new Filled();
        once.calls = 1;
        for (List<float[]> others : List.of(outputs(90), outputs(100, 100), outputs())) {
            assertThatThrownBy(() -> importance(fine, new Filled()).of(second, others))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("module twice, whose layers differ");
        }
        assertThatThrownBy(() -> importance(fine, once).of(second, outputs(100)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("module twice");
    }

    private static float[] weights(int channels, boolean last, float... gradients) {
        return OutputImportance.weights(gradients, new ChannelAxis(channels, last));
    }

    @Test
    void squaresAreRelativeToTheirMeanInTheChannel() {
        assertThat(weights(2, true, 2, 100, 0, 300, 4, 0))
                .containsExactly(new float[] {1.6f, 1.3f, 1, 3.7f, 3.4f, 1}, CLOSE);
        assertThat(weights(2, false, 2, 0, 4, 100, 300, 0))
                .containsExactly(new float[] {1.6f, 1, 3.4f, 1.3f, 3.7f, 1}, CLOSE);
    }

    /** Their squares are below the smallest float. */
    @Test
    void tinyGradientsCountAsLargeOnes() {
        assertThat(weights(1, true, 3e-30f, 1e-30f)).containsExactly(new float[] {2.8f, 1.2f}, CLOSE);
    }

    @Test
    void withoutGradientsAllOutputsAreAlike() {
        assertThat(weights(1, true, 0, 0, 0)).containsOnly(1f);
    }
}
