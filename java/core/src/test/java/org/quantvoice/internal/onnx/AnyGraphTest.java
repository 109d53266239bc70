package org.quantvoice.internal.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.GraphRunner;
import org.quantvoice.internal.npy.NpyArray;
import org.quantvoice.internal.npy.NpyFiles;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxReader;
import org.quantvoice.internal.onnx.values.Operand;

/**
 * Models that are no acoustic models, imported and run by the native engine against what ONNX Runtime gives: a spectrogram with its
 * decibels, an embedding by convolutions and pooling, classifiers with a norm in an If and with an LSTM, as openwakeword has
 * them (wakewords.py makes them with random weights). {@code -Dquantvoice.wakewords=FOLDER} runs the files of a folder that {@code
 * bench/zoo/wakewords.py} has prepared instead.
 */
class AnyGraphTest {
    private static final double TOLERANCE = 1e-4;

    static Stream<String> models() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            List<String> names = files.map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith(".onnx"))
                    .map(n -> n.substring(0, n.length() - ".onnx".length()))
                    .sorted()
                    .toList();
            assertThat(names).hasSizeGreaterThanOrEqualTo(4);
            return names.stream();
        }
    }

    private static Path folder() {
        String named = System.getProperty("quantvoice.wakewords");
        if (named != null) {
            return Path.of(named);
        }
        URL own = Objects.requireNonNull(AnyGraphTest.class.getResource("/onnx/wakewords"));
        try {
            return Path.of(own.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theNativeEngineGivesWhatOnnxRuntimeGives(String name) {
        OnnxModel model = OnnxReader.read(folder().resolve(name + ".onnx"));
        for (int length = 1; length <= 2; length++) {
            NpyArray input = NpyFiles.read(folder().resolve(name + "." + length + ".in.npy"));
            NpyArray expected = NpyFiles.read(folder().resolve(name + "." + length + ".out.npy"));
            float[] actual = run(model, input);
            assertThat(actual).as("%s, length %d", name, length).hasSize(expected.data().length);
            for (int i = 0; i < actual.length; i++) {
                float want = expected.data()[i];
                double error = Math.abs(actual[i] - want);
                assertThat(error)
                        .as("%s, length %d, value %d: %s, not %s", name, length, i, actual[i], want)
                        .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(want)));
            }
        }
    }

    private static float[] run(OnnxModel model, NpyArray input) {
        Evaluator evaluator = new Evaluator(model);
        long[] shape = Arrays.stream(input.shape()).asLongStream().toArray();
        Dim[] dims = Arrays.stream(shape).mapToObj(Dim::of).toArray(Dim[]::new);
        String name = model.graph().inputs().get(0).name();
        Value value = evaluator.builder().input(name, DType.FLOAT, Shape.of(dims));
        Map<String, Operand> operands = new LinkedHashMap<>();
        operands.put(name, new Operand.Live(ElementType.FLOAT, value));
        try (Graph graph = evaluator.graph(operands, model.graph().outputs().get(0));
                GraphRunner runner = new GraphRunner(graph, 2, key -> List.of(shape))) {
            return runner.runAll(1, input.data()).get(0);
        }
    }
}
