package org.quantvoice.internal.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.AcousticOutput;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.npy.NpyArray;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.source.Imports;

/**
 * Files of both of PyTorch's exporters and of ONNX Runtime's quantizers against ONNX Runtime, at two lengths: the graph in the
 * reference interpreter, and the engine.
 */
class OnnxParityTest {
    private static final int VOCABULARY = 12;

    /** The last column: what int8 rounding or half precision may be off. */
    @ParameterizedTest
    @CsvSource({
        "transformer-script11-unfolded, 1e-5",
        "transformer-dynamo20,          1e-5",
        "conformer-script,              1e-5",
        "recurrent-script,              1e-5",
        "masked-script,                 1e-5",
        "masked-rel-dynamo,             1e-5",
        "mel-script,                    1e-5",
        "pieces-dynamo,                 1e-5",
        "float16,                       2e-4",
        "int8-dynamic-s8,               2e-2",
        "int8-dynamic-u8,               2e-2",
        "int8-qdq,                      2e-2",
        "int8-qoperator,                2e-2"
    })
    void asOnnxRuntime(String name, double limit) {
        Path file = Fixtures.model(name);
        try (Graph graph = Imports.graph(new OnnxSource(), file);
                AcousticModel model = open(file)) {
            for (int trial = 1; trial <= 2; trial++) {
                float[] samples = Fixtures.input(trial);
                NpyArray expected = Fixtures.output(name, trial);
                float[] reference = ReferenceInterpreter.run(graph, ArrayTensor.of(samples, 1, samples.length))
                        .get(0)
                        .floats();
                assertThat(error(reference, expected.data()))
                        .as("%s, graph, trial %d", name, trial)
                        .isLessThanOrEqualTo(limit);
                float[] got = model.run(samples).data();
                float[] logProbs = AcousticOutput.logProbs(
                        expected.data(), VOCABULARY, org.quantvoice.internal.engine.OutputForm.LOGITS);
                assertThat(error(got, logProbs))
                        .as("%s, engine, trial %d", name, trial)
                        .isLessThanOrEqualTo(limit);
            }
        }
    }

    static AcousticModel open(Path file) {
        return new NativeEngine()
                .open(new ModelRequest(
                        file,
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none(),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        false,
                        Optional.empty()));
    }

    private static double error(float[] got, float[] expected) {
        if (got.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            double error = Math.abs(got[i] - expected[i]) / (1 + Math.abs(expected[i]));
            worst = error <= worst ? worst : error; // NaN is worst
        }
        return worst;
    }

    @Test
    void spelledOutOperatorsBecomeOne() {
        try (Graph graph = Imports.graph(new OnnxSource(), Fixtures.model("transformer-script11-unfolded"))) {
            assertThat(count(graph, Op.LAYER_NORM))
                    .as("four norms and that of the waveform")
                    .isEqualTo(5);
            assertThat(count(graph, Op.GELU)).isEqualTo(6);
            assertThat(graph.nodes().stream().filter(n -> n.op() == Op.LINEAR))
                    .as("each with its bias")
                    .hasSize(14)
                    .allMatch(n -> n.inputs().size() == 3);
            assertThat(graph.inputs().get(0).shape().toString()).isEqualTo("[B, T]");
        }
        try (Graph graph = Imports.graph(new OnnxSource(), Fixtures.model("conformer-script"))) {
            assertThat(count(graph, Op.GLU)).isEqualTo(2);
            assertThat(count(graph, Op.SILU)).isEqualTo(4);
        }
    }

    private static long count(Graph graph, Op op) {
        return graph.nodes().stream().filter(n -> n.op() == op).count();
    }

    @ParameterizedTest
    @CsvSource({"transformer-script11-unfolded", "transformer-dynamo20", "float16", "int8-dynamic-s8"})
    void layersAreCalledAsInPyTorch(String name) {
        try (Graph graph = Imports.graph(new OnnxSource(), Fixtures.model(name))) {
            Set<String> layers = graph.nodes().stream()
                    .filter(n -> n.op() == Op.LINEAR || n.op() == Op.CONV1D)
                    .map(Node::path)
                    .collect(Collectors.toSet());
            assertThat(layers)
                    .contains(
                            "feature_extractor.convs.0",
                            "pos_conv",
                            "layers.0.attention.q_proj",
                            "layers.1.intermediate_dense",
                            "head");
        }
    }

    /** The whole numbers of the file, not rounded anew. */
    @ParameterizedTest
    @CsvSource({"int8-dynamic-s8, INT8_DYNAMIC", "int8-qdq, INT8_STATIC", "int8-qoperator, INT8_STATIC"})
    void int8LayersStayWhatTheyAre(String name, LayerPrecision.Kind kind) {
        try (Graph graph = Imports.graph(new OnnxSource(), Fixtures.model(name))) {
            List<Node> layers =
                    graph.nodes().stream().filter(n -> n.op() == Op.LINEAR).toList();
            assertThat(layers).hasSizeGreaterThanOrEqualTo(14).allSatisfy(node -> {
                assertThat(LayerPrecision.of(node).kind()).isEqualTo(kind);
                assertThat(graph.constant(node.input(1)).orElseThrow().data()).isInstanceOf(Int8Tensor.class);
            });
        }
    }
}
