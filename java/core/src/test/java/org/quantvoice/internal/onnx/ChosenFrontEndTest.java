package org.quantvoice.internal.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.ModelFile;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.features.FeatureStream;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.Imports;
import org.quantvoice.source.OpenModel;

/** ONNX files that do not say what their input is, with a front end that the caller names. */
final class ChosenFrontEndTest {
    private static final int BINS = 8;

    @TempDir
    Path folder;

    /** A model that gives its input back, with what its metadata says. */
    private Path model(Proto input, String... metadata) throws IOException {
        Proto graph = new Proto()
                .message(1, Proto.node("Identity", "x", "y"))
                .message(11, input)
                .message(12, Proto.value("y", 1, -1, -1, -1));
        Proto model =
                new Proto().number(1, 8).message(8, new Proto().number(2, 17)).message(7, graph);
        for (int i = 0; i < metadata.length; i += 2) {
            model.message(14, new Proto().text(1, metadata[i]).text(2, metadata[i + 1]));
        }
        return Files.write(folder.resolve("model.onnx"), model.toBytes());
    }

    private static float[] run(Path file, String frontEnd, float[] samples) {
        try (OpenModel opened = OpenModel.of(file, Optional.of(FrontEndChoice.parse(frontEnd)))) {
            Graph graph = opened.graph();
            return ReferenceInterpreter.run(graph, ArrayTensor.of(samples, 1, samples.length))
                    .get(0)
                    .floats();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nemo", "nemo:normalize=false", "kaldi", "kaldi:bins=4,stack=2", "lasr:window=320,fft=512"})
    void theModelGetsTheFeaturesOfTheFrontEnd(String text) throws IOException {
        Path file = model(Proto.value("x", 1, -1, -1, BINS));
        float[] samples = Fixtures.input(1);
        float[] expected = FeatureStream.of(FrontEndChoice.parse(text).features(BINS), samples);
        assertThat(run(file, text, samples)).hasSizeGreaterThan(10 * BINS).containsExactly(expected);
    }

    @Test
    void samplesAreNormalizedIfAsked() throws IOException {
        Path file = model(Proto.value("x", 1, -1, -1));
        float[] samples = {1, 2, 3, 6};
        double spread = Math.sqrt(3.5 + 1e-7); // of mean 3
        float[] expected = {(float) (-2 / spread), (float) (-1 / spread), 0, (float) (3 / spread)};
        assertThat(run(file, "normalize", samples))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(expected);
        assertThat(run(file, "none", samples)).containsExactly(samples);
    }

    @Test
    void theFrontEndIsPartOfTheFile() throws IOException {
        Path target = folder.resolve("model.qv");
        Path file = model(Proto.value("x", 1, -1, BINS, -1));
        assertThat(ModelFile.of(file).withFrontEnd("nemo").convertTo(target, true))
                .isFalse();
        try (var graph = QvFile.read(target).graph()) {
            assertThat(graph.nodes().get(0).attributes().text("kind")).isEqualTo("nemo");
            assertThat(graph.nodes().get(0).attributes().integer("bins")).isEqualTo(BINS);
        }
        String told = ModelFile.of(target).frontEnd().orElseThrow();
        assertThat(told).startsWith("nemo:").contains("bins=" + BINS);
        Path again = folder.resolve("again.qv");
        ModelFile.of(file).withFrontEnd(told).convertTo(again, true);
        assertThat(ModelFile.of(again).frontEnd()).contains(told);
    }

    @Test
    void whatContradictsTheFileIsRefused() throws IOException {
        Path named = model(Proto.value("x", 1, -1, BINS, -1), "model_type", "EncDecCTCModelBPE");
        assertThat(run(named, "nemo:bins=8", Fixtures.input(1))).isNotEmpty();
        refused(named, "kaldi", "which names its own");
        refused(named, "nemo:normalize=false", "which names its own");
        refused(model(Proto.value("x", 1, -1, BINS, -1)), "nemo:bins=80", "80 values a frame; expected 8");
        refused(model(Proto.value("x", 1, -1, BINS, -1)), "normalize", "features of 8 values a frame");
        refused(model(Proto.value("x", 1, -1, -1)), "nemo", "whose input x are samples");
    }

    private static void refused(Path file, String frontEnd, String message) {
        assertThatThrownBy(() -> run(file, frontEnd, new float[4000]))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void normalizationsThatAreNotKnownAreRefused() throws IOException {
        Path all = model(
                Proto.value("x", 1, -1, BINS, -1), "model_type", "EncDecCTCModel", "normalize_type", "all_features");
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), all))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("normalize_type 'all_features'");
    }

    @Test
    void aModelThatGivesNoTokensIsRefused() throws IOException {
        Path file = model(Proto.value("x", 1, -1, -1));
        assertThatThrownBy(() -> ModelFile.of(file).convertTo(folder.resolve("x.qv"), true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("with a fixed vocabulary");
    }

    @Test
    void filesThatAreNoImportsTakeNone() throws IOException {
        Path target = folder.resolve("model.qv");
        ModelFile.of(model(Proto.value("x", 1, -1, BINS, -1)))
                .withFrontEnd("nemo")
                .convertTo(target, false);
        assertThatThrownBy(() -> ModelFile.of(target).withFrontEnd("none").convertTo(folder.resolve("again.qv"), false))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no model of another program");
    }
}
