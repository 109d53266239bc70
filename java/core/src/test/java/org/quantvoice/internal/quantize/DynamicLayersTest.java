package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport;

/** Recurrences and tables with rounded weights. */
public class DynamicLayersTest {
    private static final float[] WAV = SmallModels.noise(900);

    private static Quantizer.Result quantize(Graph graph, String... names) {
        QuantRecipe recipe = new QuantRecipe(List.of(), List.of(names), ActivationObserver.MIN_MAX, true);
        return new Quantizer(graph, recipe).apply(List.of(), (samples, taps) -> Map.of(), Progress.none());
    }

    private static QvModel file(Graph graph) {
        return new QvModel(graph, Optional.empty(), Map.of());
    }

    private static float[] run(Graph graph, float[] samples) {
        try (NativeModel model = new NativeModel(file(graph), Optional.empty(), 0, 1, false)) {
            return model.run(samples).data();
        }
    }

    private static double rms(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum / a.length);
    }

    /** Rounded weights alone, run in float, say how much rounding the inputs may add: about as much again. */
    @Test
    void recurrencesRunInInt8() {
        Graph floats = SmallModels.recurrentFloats();
        Quantizer.Result result = quantize(floats, "lstm", "gru");
        assertThat(result.layers()).extracting(QuantReport.Layer::type).containsExactly("LSTM", "GRU");
        GraphCopy widened = new GraphCopy(result.graph());
        result.graph()
                .nodes()
                .forEach(n -> widened.add(
                        n,
                        LayerPrecision.FLOAT.in(n.attributes()),
                        n.inputs().stream().map(widened::value).toList()));
        float[] exact = run(floats, WAV);
        float[] weightsOnly = run(widened.build(), WAV);
        float[] int8 = run(result.graph(), WAV);
        assertThat(int8).isNotEqualTo(weightsOnly);
        assertThat(rms(int8, exact)).isLessThan(3 * rms(weightsOnly, exact)).isLessThan(0.01);
        assertThat(QvFile.size(file(result.graph()))).isLessThan(QvFile.size(file(floats)));
    }

    private static Graph changed(Graph graph, String path, LayerPrecision precision) {
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : graph.nodes()) {
            Attributes attributes = node.path().equals(path) && DynamicLayers.has(node)
                    ? precision.in(node.attributes())
                    : node.attributes();
            copy.add(node, attributes, node.inputs().stream().map(copy::value).toList());
        }
        return copy.build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm", "gru"})
    void filesThatLieAreRefused(String path) {
        Graph fixed =
                changed(quantize(SmallModels.recurrentFloats(), path).graph(), path, LayerPrecision.statically(0.1, 3));
        assertThatThrownBy(() -> run(fixed, WAV))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("static range", path);
        Graph noScales = changed(SmallModels.recurrentFloats(), path, LayerPrecision.DYNAMIC);
        assertThatThrownBy(() -> run(noScales, WAV))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("float weights");
    }

    /** {@code [1, T]} samples; each is added to a row of a table. */
    private static Graph table() {
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Dim samples = wav.shape().dim(1);
        Attributes ramp = Attributes.of("start", Dim.ZERO, "end", samples, "step", 1, "type", DType.INT.toString());
        float[] rows = new float[70 * 6];
        Random random = new Random(2);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        Value table = builder.constant("places.weight", ArrayTensor.of(rows, 70, 6), true);
        Value found = builder.add(Op.EMBEDDING, "places", Attributes.NONE, table, builder.add(Op.ARANGE, "", ramp));
        Value column = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, samples, Dim.ONE)), wav);
        Value sum = builder.add(Op.ADD, "", Attributes.NONE, column, found);
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), sum)));
    }

    @Test
    void tablesAreStoredInInt8() {
        Graph floats = table();
        Quantizer.Result result = quantize(floats, "places");
        assertThat(result.layers()).extracting(QuantReport.Layer::type).containsExactly("Embedding");
        Int8Tensor rounded = (Int8Tensor)
                result.graph().constants().values().iterator().next().data();
        float[] wav = SmallModels.noise(60);
        GraphCopy widened = new GraphCopy(floats);
        Node lookup =
                floats.nodes().stream().filter(DynamicLayers::has).findFirst().orElseThrow();
        widened.replace(
                lookup.input(0), widened.constant("places.weight", ArrayTensor.of(rounded.floats(), rounded.shape())));
        floats.nodes().forEach(widened::add);
        assertThat(run(result.graph(), wav)).isEqualTo(run(widened.build(), wav));
        assertThat(rms(run(result.graph(), wav), run(floats, wav))).isPositive().isLessThan(0.01);
        assertThat(QvFile.size(file(result.graph()))).isEqualTo(70 * 6 + 70 * 4);
    }

    @Test
    void tablesAreTakenByTheirOwnNameOnly() {
        assertThatThrownBy(() -> quantize(table(), ""))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("the whole model, whose only layer that can be int8 is a table")
                .hasMessageContaining("the table by its own name, places, as dynamic");
    }
}
