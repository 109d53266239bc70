package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.Engine;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.npy.NpyFiles;

/** Files with the interface of WeNet's runtime, as ONNX parts, against what PyTorch said with them. */
final class WenetOnnxTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    private static final Path FOLDER = ROOT.resolve("java/torch/src/test/resources/wenet");
    private static final int VOCABULARY = 30;
    private static final int HEADS = 2;
    private static final double LIMIT = 1e-5;

    @TempDir
    Path folder;

    private static float[] array(String kind, String name) {
        return NpyFiles.read(FOLDER.resolve(kind).resolve(name + ".npy")).data();
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch-norm", "layer-norm", "no-cnn", "transformer"})
    void chunksGiveWhatPyTorchGave(String kind) throws OrtException {
        try (QuantSession session = QuantSession.builder()
                .model(FOLDER.resolve(kind).resolve("final.zip"))
                .vocabulary(FOLDER.resolve(kind).resolve("units.txt"))
                .engine(Engine.NATIVE)
                .threads(1)
                .build()) {
            session.export().onnxParts(folder, ExportPrecision.AS_IS);
        }
        try (Ort encoder = new Ort(folder.resolve("encoder.onnx"));
                Ort ctc = new Ort(folder.resolve("ctc.onnx"))) {
            compare(encoder, ctc, kind, 16, -1);
            compare(encoder, ctc, kind, 4, 2);
        }
    }

    private static void compare(Ort encoder, Ort ctc, String kind, int chunk, int left) throws OrtException {
        float[] features = NpyFiles.read(ROOT.resolve("models/u2-digits/reference/test-theo-04.feats.npy"))
                .data();
        String name = "c" + chunk + "l" + left;
        float[] expected = array(kind, name + ".encoder");
        float[] probs = array(kind, name + ".probs");
        int width = expected.length * VOCABULARY / probs.length;
        TensorData attention = ArrayTensor.of(new float[0], 2, HEADS, 0, 2L * width / HEADS);
        boolean convolves = kind.endsWith("norm");
        TensorData convolution = convolves
                ? ArrayTensor.of(new float[2 * width * 4], 2, 1, width, 4)
                : ArrayTensor.of(new float[0], 2, 0, 0, 0);
        int given = 0;
        for (int at = 0; at + 7 <= features.length / 80; at += 4 * chunk) {
            int end = Math.min(at + 4 * chunk + 3, features.length / 80);
            float[] part = Arrays.copyOfRange(features, at * 80, end * 80);
            Map<String, TensorData> out = encoder.run(Map.of(
                    "chunk", ArrayTensor.of(part, 1, end - at, 80),
                    "offset", ArrayTensor.of(new long[] {given}),
                    "required_cache_size", ArrayTensor.of(new long[] {(long) chunk * left}),
                    "att_cache", attention,
                    "cnn_cache", convolution));
            attention = out.get("r_att_cache");
            convolution = out.get("r_cnn_cache");
            TensorData output = out.get("output");
            assertThat(Closeness.error(output.floats(), expected, given * width))
                    .as("%s, chunk %d left %d, frame %d", kind, chunk, left, given)
                    .isLessThanOrEqualTo(LIMIT);
            assertThat(Closeness.error(ctc.floats("probs", Map.of("hidden", output)), probs, given * VOCABULARY))
                    .isLessThanOrEqualTo(LIMIT);
            given += (int) output.shape()[1];
        }
        assertThat(given * VOCABULARY).isEqualTo(probs.length);
        if (left >= 0) {
            assertThat(Closeness.error(attention.floats(), array(kind, name + ".att"), 0))
                    .isLessThanOrEqualTo(LIMIT);
            assertThat(List.of(convolution.floats().length)).containsExactly(array(kind, name + ".cnn").length);
        }
    }
}
