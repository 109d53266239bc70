package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.QuantSession;
import org.quantvoice.Quantization;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.internal.export.ExportRequest;
import org.quantvoice.internal.export.ModelParts;
import org.quantvoice.internal.npy.NpyFiles;

/** LSTM and GRU of a model whose recurrences are int8: in ONNX they are float, with the weights that int8 has. */
final class Int8RecurrenceTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/graph");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(ExportPrecision.class)
    void runsInOnnxRuntime(ExportPrecision precision) throws OrtException {
        Path file = folder.resolve("model.onnx");
        float[] wav = NpyFiles.read(FOLDER.resolve("recurrent.in.npy")).data();
        try (AcousticModel model = QuantSession.builder()
                .model(FOLDER.resolve("recurrent.pt"))
                .quantize(
                        Quantization.recipe().dynamicInt8("lstm", "gru", "head").build())
                .engine(Engine.NATIVE)
                .fallback(false)
                .threads(1)
                .acousticModel()) {
            new OnnxExporter().write(new ExportRequest(((ModelParts) model).parts(), precision, Map.of()), file);
            try (Ort ort = new Ort(file)) {
                float[] got = ort.floats("log_probs", Map.of("wavs", ArrayTensor.of(wav, 1, wav.length)));
                assertThat(Closeness.cosine(got, model.run(wav).data())).isGreaterThan(0.998);
                assertThat(List.of(got.length)).containsExactly(model.run(wav).data().length);
            }
        }
    }
}
