package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.ModelExport;
import org.quantvoice.QuantSession;
import org.quantvoice.Quantization;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;

/** A session's exports, whatever engine it runs on. */
final class SessionExportTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");
    private static final Path FLOAT = DIGITS.resolve("model/digits-float.pt");
    private static final Path TOKENS = DIGITS.resolve("model/tokens.json");

    @TempDir
    Path folder;

    private static Audio audio() {
        return AudioFiles.read(DIGITS.resolve("test/test-theo-04.flac"));
    }

    private static QuantSession libtorch(Path file) {
        return QuantSession.builder()
                .model(file)
                .vocabulary(TOKENS)
                .engine(Engine.LIBTORCH)
                .threads(1)
                .build();
    }

    @Test
    void aNativeSessionWritesTorchScriptOfItsRecipe() {
        Path script = folder.resolve("int8.pt");
        Path mobile = folder.resolve("int8.ptl");
        try (QuantSession session = QuantSession.builder()
                .model(FLOAT)
                .quantize(Quantization.recipe()
                        .dynamicInt8("encoder.enc", "ctc_lin")
                        .build())
                .engine(Engine.NATIVE)
                .threads(1)
                .build()) {
            session.export().torchScript(script);
            session.export().mobile(mobile);
            float[] expected = session.logProbs(audio()).data();
            try (QuantSession torch = libtorch(script);
                    QuantSession phone = libtorch(mobile)) {
                assertThat(torch.info().backend()).isPresent();
                float[] got = torch.logProbs(audio()).data();
                assertThat(Closeness.cosine(got, expected)).isGreaterThan(0.998);
                assertThat(phone.logProbs(audio()).data()).isEqualTo(got);
            }
        }
    }

    @Test
    void aLibtorchSessionWritesOnnx() throws Exception {
        Path file = folder.resolve("float.onnx");
        try (QuantSession session = libtorch(FLOAT)) {
            session.export().onnx(file);
            float[] samples = audio().samples();
            try (Ort ort = new Ort(file)) {
                float[] got =
                        ort.floats("log_probs", java.util.Map.of("wavs", ArrayTensor.of(samples, 1, samples.length)));
                assertThat(Closeness.error(got, session.logProbs(audio()).data()))
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    @Test
    void aQvFileHasNoTorchScript() {
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            assertThatThrownBy(() -> session.export().torchScript(folder.resolve("no.pt")))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining(".pt");
            assertThat(session.logProbs(audio()).frames()).isPositive();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aClosedSessionAndAMissingFolderAreRefused() throws Exception {
        QuantSession session = QuantSession.builder().threads(1).build();
        ModelExport export = session.export();
        assertThatThrownBy(() -> export.onnx(folder.resolve("no/such/file.onnx")))
                .isInstanceOf(OutputException.class);
        session.close();
        assertThatThrownBy(() -> export.onnx(folder.resolve("late.onnx"))).isInstanceOf(IllegalStateException.class);
        assertThat(Files.list(folder)).isEmpty();
    }
}
