package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxReader;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** Every operator written as ONNX and read back: what it computes is the same. */
final class OperatorImportTest {
    @TempDir
    Path folder;

    static List<OperatorCase> cases() {
        return OperatorCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void comesBackAsItWas(OperatorCase one) {
        Graph graph = one.graph();
        List<TensorData> inputs = List.copyOf(one.inputs().values());
        List<TensorData> expected = ReferenceInterpreter.run(graph, inputs, Map.of(), (node, value, data) -> {});
        Path file = folder.resolve("one.onnx");
        OnnxFile.write(new Lowering(graph, ExportPrecision.AS_IS, Naming.PLAIN).write(), Map.of(), file);
        OnnxModel model = OnnxReader.read(file);
        for (int i = 0; i < expected.size(); i++) {
            Graph back = read(model, graph, model.graph().outputs().get(i));
            TensorData got = ReferenceInterpreter.run(back, inputs, Map.of(), (node, value, data) -> {})
                    .get(0);
            assertThat(got.shape()).isEqualTo(expected.get(i).shape());
            assertThat(got.type()).isEqualTo(expected.get(i).type());
            assertThat(Closeness.error(numbers(got), numbers(expected.get(i))))
                    .as("output %s of %s", i, one)
                    .isLessThanOrEqualTo(1e-5);
        }
    }

    private static Graph read(OnnxModel model, Graph graph, String output) {
        Evaluator evaluator = new Evaluator(model);
        Map<String, Operand> operands = new LinkedHashMap<>();
        for (Value input : graph.inputs()) {
            ElementType type =
                    switch (input.type()) {
                        case FLOAT -> ElementType.FLOAT;
                        case INT -> ElementType.INT64;
                        case BOOL -> ElementType.BOOL;
                    };
            Value value = evaluator.builder().input(input.name(), input.type(), input.shape());
            operands.put(input.name(), new Operand.Live(type, value));
        }
        return evaluator.graph(operands, output);
    }

    private static float[] numbers(TensorData data) {
        return switch (data.type()) {
            case FLOAT -> data.floats();
            case INT -> {
                long[] all = data.longs();
                float[] numbers = new float[all.length];
                for (int i = 0; i < all.length; i++) {
                    numbers[i] = all[i];
                }
                yield numbers;
            }
            case BOOL -> {
                boolean[] all = data.booleans();
                float[] numbers = new float[all.length];
                for (int i = 0; i < all.length; i++) {
                    numbers[i] = all[i] ? 1 : 0;
                }
                yield numbers;
            }
        };
    }
}
