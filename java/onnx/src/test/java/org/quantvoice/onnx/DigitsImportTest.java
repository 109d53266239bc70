package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.export.ExportPrecision;

/** The digits model, exported as ONNX and read back: the same numbers, the same words, the same int8 weights. */
final class DigitsImportTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");
    private static final Path FLOAT = DIGITS.resolve("model/digits-float.pt");
    private static final AudioCorpus TEST = AudioCorpus.tsv(DIGITS.resolve("test/test.tsv"));
    private static final int SAMPLE = 5;
    private static final int EACH = 23;

    @TempDir
    Path folder;

    private static List<Audio> sample() {
        return IntStream.range(0, SAMPLE)
                .mapToObj(i -> AudioFiles.read(TEST.items().get(i * EACH).file()))
                .toList();
    }

    private static QuantSessionBuilder of(Path model) {
        return QuantSession.builder().model(model).threads(1);
    }

    private Path exported(QuantSession session, ExportPrecision precision) {
        Path file = folder.resolve(precision + ".onnx");
        session.export().onnx(file, precision);
        return file;
    }

    private static void compare(QuantSession got, QuantSession expected, double limit, String what) {
        for (Audio audio : sample()) {
            LogProbs numbers = got.logProbs(audio);
            assertThat(Closeness.error(numbers.data(), expected.logProbs(audio).data()))
                    .as(what)
                    .isLessThanOrEqualTo(limit);
            assertThat(got.transcribe(audio).text())
                    .as(what)
                    .isEqualTo(expected.transcribe(audio).text());
        }
    }

    @Test
    void floatIsTheSameModel() {
        try (QuantSession torchScript = of(FLOAT).build()) {
            Path file = exported(torchScript, ExportPrecision.FLOAT);
            Path qv = folder.resolve("float.qv");
            assertThat(ModelFile.of(file).convertTo(qv, true)).isTrue();
            try (QuantSession onnx = of(file).build();
                    QuantSession stored = of(qv).build()) {
                assertThat(onnx.info().engine()).isEqualTo(Engine.NATIVE);
                compare(onnx, torchScript, 1e-5, "onnx");
                compare(stored, torchScript, 1e-5, "qv");
            }
        }
    }

    /** Static ranges are part of the file and kept; a dynamic range is one a row here, whatever the file says. */
    @Test
    void int8IsTakenOverAsItIs() {
        try (QuantSession int8 = QuantSession.builder().threads(1).build()) {
            for (ExportPrecision precision : List.of(ExportPrecision.AS_IS, ExportPrecision.QDQ)) {
                Path file = exported(int8, precision);
                try (QuantSession back = of(file).build()) {
                    compare(back, int8, 1e-5, precision.toString());
                    assertThat(back.report().orElseThrow().layers())
                            .as(precision.toString())
                            .hasSizeGreaterThan(20)
                            .allMatch(layer -> layer.note().equals("quantized in the file"));
                }
            }
        }
    }

    @Test
    void aFloatFileBecomesInt8AsTheModelItself() {
        AudioCorpus some = AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(8);
        String front = "encoder.wav2vec2.model.feature_extractor";
        String layers = "encoder.wav2vec2.model.encoder.layers";
        Quantization recipe = Quantization.recipe()
                .staticInt8(front)
                .dynamicInt8(layers)
                .calibrateOn(some)
                .build();
        try (QuantSession torchScript = of(FLOAT).build()) {
            Path file = exported(torchScript, ExportPrecision.FLOAT);
            try (QuantSession onnx = of(file).quantize(recipe).build();
                    QuantSession same = of(FLOAT).quantize(recipe).build()) {
                assertThat(onnx.report().orElseThrow().layers())
                        .extracting(layer -> layer.path())
                        .isEqualTo(same.report().orElseThrow().layers().stream()
                                .map(layer -> layer.path())
                                .toList());
                compare(onnx, same, 0.05, "int8");
            }
        }
    }
}
