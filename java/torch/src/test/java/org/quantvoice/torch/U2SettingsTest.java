package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.stream.StreamOptions;

/** Chunks, histories and weights that a session was built with: told, kept in files, and warned of. */
final class U2SettingsTest {
    private static final Path FLOAT = U2Fixture.FOLDER.resolve("model/u2-digits-float.pt");
    private static final Path BOTH = Path.of("src/test/resources/u2-bidirectional/model.pt");

    @TempDir
    Path folder;

    private static QuantSessionBuilder builder(Path model) {
        return QuantSession.builder()
                .model(model)
                .vocabulary(U2Fixture.FOLDER.resolve("model/tokens.json"))
                .threads(1);
    }

    private static StreamSettings settings(StreamOptions options) {
        return new StreamSettings(
                options.chunkFrames(), options.leftChunks(), options.ctcWeight(), options.reverseWeight());
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void areInTheReportAndInSavedFiles(Engine engine) throws IOException {
        StreamSettings chosen = new StreamSettings(8, 4, 0.3, 0.25);
        Path file = folder.resolve(engine.equals(Engine.NATIVE) ? "u2.qv" : "u2.pt");
        try (QuantSession session = builder(BOTH)
                .quantize(Quantization.recipe()
                        .dynamicInt8("encoder", "decoder", "ctc")
                        .build())
                .engine(engine)
                .streaming(chosen)
                .build()) {
            assertThat(session.report().flatMap(QuantReport::stream)).contains(chosen);
            assertThat(settings(session.streamOptions())).isEqualTo(chosen);
            session.save(file);
        }
        if (engine.equals(Engine.NATIVE)) {
            Files.delete(folder.resolve("u2.tokens.json")); // the file has it inside
        }
        assertThat(ModelFile.of(file).streaming()).contains(chosen);
        try (QuantSession session =
                QuantSession.builder().model(file).threads(1).build()) {
            assertThat(settings(session.streamOptions())).isEqualTo(chosen);
            session.stream().close();
        }
    }

    /** A float session quantized nothing, but its streams have settings all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void areInTheReportOfFloatSessionsToo(Engine engine) {
        StreamSettings chosen = new StreamSettings(8, 4, 0.3, 0);
        try (QuantSession session =
                builder(FLOAT).engine(engine).streaming(chosen).build()) {
            QuantReport report = session.report().orElseThrow();
            assertThat(report.stream()).contains(chosen);
            assertThat(report.layers()).isEmpty();
            assertThat(report.bytesAfter()).isEqualTo(report.bytesBefore()).isPositive();
        }
    }

    @Test
    void areThoseOfTheTokenListUnlessChosen() {
        try (QuantSession session = builder(FLOAT).int8().engine(Engine.NATIVE).build()) {
            assertThat(session.report().flatMap(QuantReport::stream)).contains(new StreamSettings(16, -1, 0.5, 0));
        }
        assertThat(ModelFile.embedded("digits").streaming()).isEmpty();
        assertThat(ModelFile.of(FLOAT)
                        .withVocabulary(U2Fixture.FOLDER.resolve("model/units.txt"))
                        .streaming())
                .contains(new StreamSettings(16, -1, 0.5, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void thatTheModelCannotHaveAreRefused(Engine engine) {
        QuantSessionBuilder reverse = builder(FLOAT).engine(engine).streaming(new StreamSettings(16, -1, 0.5, 0.3));
        assertThatThrownBy(reverse::build)
                .isInstanceOf(DecoderException.class)
                .hasMessageContaining("without right-to-left decoder");
        QuantSessionBuilder waveform = QuantSession.builder()
                .model(U2Fixture.ROOT.resolve("models/digits/model/digits-float.pt"))
                .engine(engine)
                .streaming(new StreamSettings(16, -1, 0.5, 0));
        assertThatThrownBy(waveform::build)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("forward_encoder_chunk");
        assertThatThrownBy(() -> new StreamSettings(0, -1, 0.5, 0)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> new StreamSettings(1, -2, 0.5, 0)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> new StreamSettings(1, 0, Double.NaN, 0)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> new StreamSettings(1, 0, 0.5, 1.1)).isInstanceOf(DecoderException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void outsideTheTrainingAreWarnedOf(Engine engine) {
        try (QuantSession session = builder(FLOAT).engine(engine).build()) {
            assertThat(warnings(session, 26, -1))
                    .singleElement()
                    .asString()
                    .contains("got chunks of 26 frames; expected 1 to 25, as the model was trained");
            assertThat(warnings(session, 16, 9))
                    .singleElement()
                    .asString()
                    .contains("got 9 left chunks; expected 0 to 8 or all, as the model was trained");
            for (int[] fine : new int[][] {{1, 0}, {25, 8}, {16, -1}, {StreamOptions.WHOLE, 0}}) {
                assertThat(warnings(session, fine[0], fine[1]))
                        .as("chunk %d, %d left", fine[0], fine[1])
                        .isEmpty();
            }
        }
    }

    /** Lines of warnings that the logger of the tests prints when a stream is opened; the stream works all the same. */
    private static List<String> warnings(QuantSession session, int chunk, int left) {
        StreamOptions options =
                StreamOptions.builder().chunkFrames(chunk).leftChunks(left).build();
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try (var stream = session.stream(options)) {
            stream.accept(U2Fixture.samples("test-nicolas-17"));
            assertThat(stream.finish()).isPresent();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .toList();
    }
}
