package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;

/** {@code --local-attention} and {@code QuantSessionBuilder.localAttention} on the embedded model. */
final class LocalAttentionCommandTest {
    private static final Path MODEL = Qv.DIGITS.resolve("model/digits.qv");
    private static final Path AUDIO = Qv.ROOT.resolve("examples/audio/george-02.flac");

    private static float[] run(Path model, int window) {
        var builder = QuantSession.builder().model(model).vocabulary(Qv.DIGITS.resolve("model/tokens.json"));
        if (window >= 0) {
            builder.localAttention(window, window, 0);
        }
        try (AcousticModel opened = builder.acousticModel()) {
            return opened.run(AudioFiles.read(AUDIO).samples()).data();
        }
    }

    @Test
    void aWindowBeyondTheRecordingIsFullAttentionAndASmallOneIsNot(@TempDir Path folder) {
        float[] full = run(MODEL, -1);
        assertThat(run(MODEL, 10_000)).isEqualTo(full);
        float[] small = run(MODEL, 2);
        assertThat(small).hasSameSizeAs(full).isNotEqualTo(full);
        Path saved = folder.resolve("local.qv");
        try (QuantSession session = QuantSession.builder()
                .model(MODEL)
                .vocabulary(Qv.DIGITS.resolve("model/tokens.json"))
                .localAttention(2, 2, 0)
                .build()) {
            session.save(saved);
        }
        assertThat(run(saved, -1)).as("the file asks for it").isEqualTo(small);
        assertThat(run(saved, 10_000)).isEqualTo(full);
    }

    @Test
    void wordsAreHeardWithAWindowOfSomeSeconds() {
        Qv.Result result = Qv.run("transcribe", "--local-attention", "100,100,1", AUDIO);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out()).isEqualTo(Qv.run("transcribe", AUDIO).out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "5,x", "-1,5", "1,2,3,4"})
    void whatIsNoWindowIsWrongUsage(String text) {
        Qv.Result result = Qv.run("transcribe", "--local-attention=" + text, AUDIO);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--local-attention").contains("BEFORE,AFTER");
    }

    @Test
    void modelsThatHaveNoneAreRefused() {
        Qv.Result imported = Qv.run("transcribe", "--model", Qv.FLOAT, "--local-attention", "5,5", AUDIO);
        assertThat(imported.code()).isEqualTo(1);
        assertThat(imported.err()).contains("localAttention").contains("a .qv file");
        Qv.Result other =
                Qv.run("transcribe", "--model", Qv.FLOAT, "--engine", "LIBTORCH", "--local-attention", "5,5", AUDIO);
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("localAttention and the engine LIBTORCH");
    }

    @Test
    void aStreamingModelIsRefused(@TempDir Path folder) {
        Path model = folder.resolve("u2.qv");
        assertThat(Qv.run("quantize", "u2-digits", "-o", model).code()).isZero();
        Qv.Result result = Qv.run("transcribe", "--model", model, "--local-attention", "5,5", AUDIO);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("a streaming model").contains("--left");
    }
}
