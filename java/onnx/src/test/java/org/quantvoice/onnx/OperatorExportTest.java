package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** Every operator in ONNX Runtime against the reference interpreter, which says what the operators mean. */
final class OperatorExportTest {
    @TempDir
    Path folder;

    static List<OperatorCase> cases() {
        return OperatorCases.all();
    }

    @Test
    void everyOperatorHasACase() {
        Set<Op> tried = cases().stream().map(OperatorCase::op).collect(Collectors.toSet());
        assertThat(tried)
                .as("all but the front end, which is no operator of ONNX")
                .containsAll(EnumSet.complementOf(EnumSet.of(Op.FRONT_END)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sameAsTheReference(OperatorCase one) throws Exception {
        Graph graph = one.graph();
        List<TensorData> expected = ReferenceInterpreter.run(
                graph, List.copyOf(one.inputs().values()), Map.of(), (node, value, data) -> {});
        Path file = folder.resolve("one.onnx");
        OnnxFile.write(new Lowering(graph, ExportPrecision.AS_IS, Naming.PLAIN).write(), Map.of(), file);
        try (Ort ort = new Ort(file)) {
            List<TensorData> got = new ArrayList<>(ort.run(one.inputs()).values());
            assertThat(got).hasSameSizeAs(expected);
            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i).type()).isEqualTo(expected.get(i).type());
                assertThat(got.get(i).shape()).isEqualTo(expected.get(i).shape());
                assertSame(got.get(i), expected.get(i));
            }
        }
    }

    /** ONNX Runtime makes a slice of rows that a range chooses, and takes the end -1 of a falling range for the last row. */
    @Test
    void rowsInFallingOrderAreAllThere() throws Exception {
        GraphBuilder builder = new GraphBuilder();
        Dim rows = Dim.symbol("T");
        Value x = builder.input("x", DType.FLOAT, Shape.of(rows, Dim.of(2)));
        Attributes down = Attributes.of("start", rows.plus(-1), "end", -1, "step", -1, "type", "int");
        Value places = builder.add(Op.ARANGE, "places", down);
        Value turned = builder.add(Op.INDEX_SELECT, "turned", Attributes.of("axis", 0), x, places);
        Graph graph = builder.build(List.of(turned));
        ArrayTensor input = ArrayTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        Path file = folder.resolve("turned.onnx");
        OnnxFile.write(new Lowering(graph, ExportPrecision.AS_IS, Naming.PLAIN).write(), Map.of(), file);
        try (Ort ort = new Ort(file)) {
            TensorData got = ort.run(Map.of("x", input)).values().iterator().next();
            assertThat(got.floats()).containsExactly(5, 6, 3, 4, 1, 2);
        }
    }

    private static void assertSame(TensorData got, TensorData expected) {
        if (expected.type() == DType.BOOL) {
            assertThat(got.booleans()).isEqualTo(expected.booleans());
        } else if (expected.type() == DType.INT) {
            assertThat(got.longs()).isEqualTo(expected.longs());
        } else {
            float[] a = got.floats();
            float[] b = expected.floats();
            for (int i = 0; i < a.length; i++) {
                double size = Math.max(1, Math.abs(b[i]));
                assertThat(a[i] == b[i] || Math.abs(a[i] - b[i]) <= 2e-6 * size)
                        .as("element %d: %s, reference %s", i, a[i], b[i])
                        .isTrue();
            }
        }
    }
}
