package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.export.ExportRequest;
import org.quantvoice.internal.export.ModelPart;
import org.quantvoice.source.FrontEndChoice;

/** What cannot be written is said, and leaves the folder as it was. */
final class BadExportTest {
    private final OnnxExporter exporter = new OnnxExporter();

    @TempDir
    Path folder;

    private static ExportRequest request(Graph graph) {
        ModelPart part = new ModelPart(ModelPart.Role.CTC_MODEL, graph, Map.of());
        return new ExportRequest(List.of(part), ExportPrecision.AS_IS, Map.of());
    }

    private static Graph linear(TensorData weight) {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.symbol("B"), Dim.of(weight.shape()[1])));
        return builder.build(
                List.of(builder.add(Op.LINEAR, "head", Attributes.NONE, x, builder.constant("w", weight, true))));
    }

    /** Weights that claim a size and have no elements. */
    private record Huge(long rows, long columns) implements TensorData {
        @Override
        public DType type() {
            return DType.FLOAT;
        }

        @Override
        public long[] shape() {
            return new long[] {rows, columns};
        }

        @Override
        public void read(long from, float[] target, int at, int count) {
            throw new AssertionError("read although it cannot be written");
        }

        @Override
        public void read(long from, long[] target, int at, int count) {
            throw new AssertionError("read as integers");
        }

        @Override
        public void read(long from, boolean[] target, int at, int count) {
            throw new AssertionError("read as truth values");
        }
    }

    @Test
    void melFeaturesAreRefusedAndNotTakenForAnotherOperator() {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Attributes nemo =
                FrontEndOperator.attributes(FrontEndChoice.parse("nemo").features(80));
        Graph graph = builder.build(List.of(builder.add(Op.FRONT_END, "features", nemo, x)));
        assertThatThrownBy(() -> exporter.write(request(graph), folder.resolve("model.onnx")))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("operator front_end at features");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void moreThanTwoGibibytes() {
        assertThatThrownBy(
                        () -> exporter.write(request(linear(new Huge(1 << 16, 1 << 14))), folder.resolve("huge.onnx")))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("2 GiB")
                .hasMessageContaining("quantize");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void recurrentWeightsThatAreComputed() {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.symbol("B"), Dim.symbol("T"), Dim.of(3)));
        Value input = builder.input("w", DType.FLOAT, Shape.of(16, 3));
        Value state = builder.constant("s", ArrayTensor.of(new float[64], 16, 4), true);
        Attributes attributes = Attributes.of("layers", 1, "batchFirst", true);
        List<Value> outputs = builder.addAll(Op.LSTM, "encoder.rnn", attributes, List.of(x, input, state));
        Graph graph = builder.build(List.of(outputs.get(0)));
        assertThatThrownBy(() -> exporter.write(request(graph), folder.resolve("no.onnx")))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("lstm")
                .hasMessageContaining("encoder.rnn");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void noHeadToCutOff() {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.symbol("B"), Dim.of(3)));
        Graph graph = builder.build(List.of(builder.add(Op.TANH, "end", Attributes.NONE, x)));
        assertThatThrownBy(() -> exporter.writeParts(request(graph), folder.resolve("parts")))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("tanh at end");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aPathThatCannotBeWrittenLeavesTheOldFile() throws Exception {
        Graph graph = linear(ArrayTensor.of(new float[] {1, 2}, 1, 2));
        assertThatThrownBy(() -> exporter.write(request(graph), folder))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("folder");
        Path old = Files.writeString(folder.resolve("old.onnx"), "old");
        assertThatThrownBy(() -> exporter.writeParts(request(graph), old)).isInstanceOf(OutputException.class);
        assertThat(old).hasContent("old");
        exporter.write(request(graph), old);
        assertThat(Files.size(old)).isGreaterThan(100);
        assertThat(Files.list(folder)).hasSize(1);
    }
}
