package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/** The digits model as ONNX files, in ONNX Runtime, against the engines that it was exported from. */
final class DigitsOnnxTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");
    private static final Path FLOAT = DIGITS.resolve("model/digits-float.pt");
    private static final AudioCorpus TEST = AudioCorpus.tsv(DIGITS.resolve("test/test.tsv"));
    private static final int SAMPLE = 6;
    private static final int EACH = 20;

    @TempDir
    Path folder;

    private static QuantSessionBuilder floats() {
        return QuantSession.builder().model(FLOAT).threads(1);
    }

    private static Map<String, TensorData> waves(float[]... rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
        }
        return Map.of("wavs", ArrayTensor.of(all, rows.length, rows[0].length));
    }

    private static float[] run(Ort ort, float[] samples) throws OrtException {
        return ort.floats("log_probs", waves(samples));
    }

    /** Every twentieth test utterance. */
    private static List<Audio> sample() {
        return java.util.stream.IntStream.range(0, SAMPLE)
                .mapToObj(i -> AudioFiles.read(TEST.items().get(i * EACH).file()))
                .toList();
    }

    @Test
    void floatEqualsTorchScriptAtAnyLength() throws OrtException {
        Path file = folder.resolve("float.onnx");
        try (QuantSession session = floats().build();
                QuantSession torch = floats().engine(Engine.LIBTORCH).build()) {
            session.export().onnx(file);
            try (Ort ort = new Ort(file)) {
                for (Audio audio : sample()) {
                    float[] expected = torch.logProbs(audio).data();
                    assertThat(Closeness.error(run(ort, audio.samples()), expected))
                            .isLessThanOrEqualTo(1e-5);
                }
                float[] shortest = java.util.Arrays.copyOf(sample().get(0).samples(), 400);
                assertThat(Closeness.error(
                                run(ort, shortest),
                                torch.logProbs(new Audio(shortest, 16_000)).data()))
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    @Test
    void rowsOfABatchAreIndependent() throws OrtException {
        Path file = folder.resolve("float.onnx");
        try (QuantSession session = floats().build()) {
            session.export().onnx(file);
        }
        List<Audio> sample = sample();
        float[] a = java.util.Arrays.copyOf(sample.get(0).samples(), 40_000);
        float[] b = java.util.Arrays.copyOf(sample.get(1).samples(), 40_000);
        try (Ort ort = new Ort(file)) {
            TensorData both = ort.run(waves(a, b)).get("log_probs");
            assertThat(both.shape()).containsExactly(2, 124, 17);
            float[] alone = run(ort, b);
            float[] second = java.util.Arrays.copyOfRange(both.floats(), alone.length, 2 * alone.length);
            assertThat(Closeness.error(second, alone)).isLessThanOrEqualTo(1e-5);
        }
    }

    @Test
    void theEmbeddedModelKeepsItsWordsInEachForm() throws OrtException {
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            assertThat(session.info().engine()).isEqualTo(Engine.NATIVE);
            for (ExportPrecision precision : ExportPrecision.values()) {
                Path file = folder.resolve(precision + ".onnx");
                session.export().onnx(file, precision);
                try (Ort ort = new Ort(file)) {
                    compare(session, ort, precision.toString());
                }
            }
        }
    }

    @Test
    void allLayersStaticEqualTheNativeEngine() throws OrtException {
        Path file = folder.resolve("qdq.onnx");
        QuantSessionBuilder builder = floats().quantize(Quantization.recipe()
                .staticInt8("")
                .calibrateOn(AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(5))
                .build());
        try (QuantSession session = builder.build()) {
            session.export().onnx(file);
            try (Ort ort = new Ort(file)) {
                compare(session, ort, "static");
            }
        }
    }

    /** Five linear bits, four logarithmic ones, and bfloat16, each in layers of its own. */
    @Test
    void weightsOfOtherWidthsKeepTheirValues() throws OrtException {
        Path file = folder.resolve("few.onnx");
        String encoder = "encoder.wav2vec2.model.encoder.layers";
        QuantSessionBuilder builder = floats().quantize(Quantization.recipe()
                .dynamicInt8(encoder)
                .weights(new WeightFormat(5, WeightScheme.LINEAR), encoder + ".0", encoder + ".1")
                .weights(new WeightFormat(6, WeightScheme.LOG2), encoder + ".2")
                .weights(WeightFormat.BFLOAT16, encoder + ".3")
                .build());
        try (QuantSession session = builder.build()) {
            session.export().onnx(file);
            try (Ort ort = new Ort(file)) {
                compare(session, ort, "few bits");
            }
        }
    }

    private static void compare(QuantSession session, Ort ort, String what) throws OrtException {
        for (Audio audio : sample()) {
            LogProbs expected = session.logProbs(audio);
            float[] got = run(ort, audio.samples());
            assertThat(Closeness.cosine(got, expected.data())).as(what).isGreaterThanOrEqualTo(0.998);
            LogProbs there = new LogProbs(got, expected.frames(), expected.vocabulary());
            assertThat(session.decode(there, audio.seconds()).text())
                    .as(what)
                    .isEqualTo(session.decode(expected, audio.seconds()).text());
        }
    }

    @Test
    void encoderAndHeadApartMakeTheWhole() throws OrtException {
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            Path whole = folder.resolve("whole.onnx");
            session.export().onnx(whole);
            List<Path> parts = session.export().onnxParts(folder.resolve("parts"), ExportPrecision.AS_IS);
            assertThat(parts).extracting(p -> p.getFileName().toString()).containsExactly("encoder.onnx", "ctc.onnx");
            float[] samples = sample().get(3).samples();
            try (Ort all = new Ort(whole);
                    Ort encoder = new Ort(parts.get(0));
                    Ort head = new Ort(parts.get(1))) {
                TensorData encoded = encoder.run(waves(samples)).get("encoder_out");
                assertThat(encoded.shape()[2]).isEqualTo(192);
                float[] got = head.floats("log_probs", Map.of("encoder_out", encoded));
                assertThat(Closeness.error(got, run(all, samples))).isLessThanOrEqualTo(1e-5);
            }
        }
    }

    @Test
    void theFileSaysWhatItIs() throws OrtException {
        Path file = folder.resolve("digits.onnx");
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            session.export().onnx(file);
        }
        try (Ort ort = new Ort(file)) {
            assertThat(ort.inputs()).containsExactly("wavs");
            assertThat(ort.outputs()).containsExactly("log_probs");
            assertThat(ort.metadata())
                    .containsEntry("sample_rate", "16000")
                    .containsEntry("provenance.source", "digits-float.pt")
                    .containsEntry("precision", "AS_IS")
                    .containsKey("provenance.sourceSha256");
            assertThat(ort.metadata().get("tokens")).contains("\"tokens\"", "\"word_delimiter\"", "\"frame_hop\"");
        }
    }

    @Test
    void aFloatModelHasNoInt8Form() {
        try (QuantSession session = floats().build()) {
            assertThatThrownBy(() -> session.export().onnx(folder.resolve("no.onnx"), ExportPrecision.QDQ))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("int8()");
            assertThat(folder).isEmptyDirectory();
        }
    }
}
