package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.quant.WeightFormat;

/** Recurrences, cells, tables and sums of quantized tensors: PyTorch's files and our own recipes on the native engine. */
class Int8LayersTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources");
    private static final Path FOLDER = ROOT.resolve("int8");
    private static final Path RECURRENT = ROOT.resolve("graph/recurrent.pt");

    @TempDir
    Path folder;

    private static AcousticModel open(Path file, Optional<QuantRecipe> recipe) {
        return new NativeEngine().open(new ModelRequest(file, recipe, List.of(), Optional.empty(), 1, Progress.none()));
    }

    private static float[] npy(String name) {
        return Digits.npy(FOLDER.resolve(name + ".npy"));
    }

    private static double rms(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum / a.length);
    }

    private static List<String> rows(AcousticModel model) {
        return model.report().orElseThrow().layers().stream()
                .map(l ->
                        l.path() + " " + l.type() + " " + l.method() + (l.note().isEmpty() ? "" : ": " + l.note()))
                .toList();
    }

    /** As in {@link Int8ImportTest}: no farther from PyTorch than its own rounding error, and nearer to the float model. */
    @ParameterizedTest
    @CsvSource({"recurrent-qint8,recurrent", "cells-qint8,cells", "functional,functional"})
    void roundedModelsGiveWhatPyTorchGives(String name, String floats) {
        float[] expected = npy(name);
        double error = rms(expected, npy(floats + ".float"));
        try (AcousticModel model = open(FOLDER.resolve(name + ".pt"), Optional.empty())) {
            float[] actual = model.run(npy("int8.in")).data();
            assertThat(rms(actual, expected)).as("distance to PyTorch").isLessThan(1.3 * error);
            assertThat(rms(actual, npy(floats + ".float")))
                    .as("distance to float")
                    .isLessThan(error);
            Path saved = folder.resolve("model.qv");
            model.save(saved);
            try (AcousticModel again = open(saved, Optional.empty())) {
                assertThat(again.run(npy("int8.in")).data()).isEqualTo(actual);
            }
        }
    }

    /** Where only weights are rounded the numbers are the same ones. */
    @ParameterizedTest
    @CsvSource({"recurrent-float16", "cells-float16", "tables"})
    void roundedWeightsGiveThePyTorchNumbers(String name) {
        try (AcousticModel model = open(FOLDER.resolve(name + ".pt"), Optional.empty())) {
            assertThat(rms(model.run(npy("int8.in")).data(), npy(name))).isLessThan(1e-5);
        }
    }

    @Test
    void theReportNamesWhatWasTakenOver() {
        try (AcousticModel model = open(FOLDER.resolve("recurrent-qint8.pt"), Optional.empty())) {
            assertThat(rows(model))
                    .containsExactly(
                            "lstm LSTM DYNAMIC: quantized in the file",
                            "gru GRU DYNAMIC: quantized in the file",
                            "head Linear DYNAMIC: quantized in the file");
        }
        try (AcousticModel model = open(FOLDER.resolve("tables.pt"), Optional.empty())) {
            assertThat(rows(model))
                    .containsExactly(
                            "places Embedding KEPT_FLOAT: uint8 in the file, runs in float",
                            "pairs Embedding KEPT_FLOAT: uint8 in the file, runs in float");
        }
        try (AcousticModel model = open(FOLDER.resolve("recurrent-float16.pt"), Optional.empty())) {
            assertThat(rows(model))
                    .startsWith("lstm LSTM FLOAT16: float16 in the file, runs in float")
                    .hasSize(3);
        }
    }

    private static QuantRecipe recipe(List<String> statics, List<String> dynamics) {
        return new QuantRecipe(statics, dynamics, ActivationObserver.MIN_MAX, true);
    }

    /** Our own rounding, against libtorch's of the same layers, which keeps to PyTorch's as {@link LayersTest} says. */
    @Test
    void dynamicRecurrencesAreAtLeastAsExactAsLibtorch() {
        float[] wav = Digits.npy(ROOT.resolve("graph/recurrent.in.npy"));
        float[] exact = Digits.npy(ROOT.resolve("graph/recurrent.out.npy"));
        Optional<QuantRecipe> recipe = Optional.of(recipe(List.of(), List.of("lstm", "gru")));
        double libtorch;
        Path theirs = folder.resolve("theirs.pt");
        try (AcousticModel model = new TorchEngine()
                .open(new ModelRequest(
                        RECURRENT, recipe, List.of(), Optional.of(Backend.FBGEMM), 1, Progress.none()))) {
            libtorch = rms(model.run(wav).data(), exact);
            model.save(theirs);
        }
        try (AcousticModel model = open(RECURRENT, recipe)) {
            assertThat(rows(model)).containsExactly("lstm LSTM DYNAMIC", "gru GRU DYNAMIC");
            assertThat(rms(model.run(wav).data(), exact)).isPositive().isLessThan(libtorch);
        }
        try (AcousticModel back = open(theirs, Optional.empty())) {
            assertThat(rows(back))
                    .containsExactly(
                            "lstm LSTM DYNAMIC: quantized in the file", "gru GRU DYNAMIC: quantized in the file");
            assertThat(rms(back.run(wav).data(), exact)).isLessThan(libtorch);
        }
    }

    /** Fewer bits lose more, and the file says so by its size. */
    @Test
    void recurrencesTakeAllFormatsOfWeights() {
        float[] wav = Digits.npy(ROOT.resolve("graph/recurrent.in.npy"));
        float[] exact = Digits.npy(ROOT.resolve("graph/recurrent.out.npy"));
        double before = 0;
        for (String format : List.of("bfloat16", "int8", "int4")) {
            QuantRecipe recipe = recipe(List.of(), List.of("lstm", "gru")).withWeights("", WeightFormat.parse(format));
            try (AcousticModel model = open(RECURRENT, Optional.of(recipe))) {
                double error = rms(model.run(wav).data(), exact);
                assertThat(error).as(format).isGreaterThan(before).isLessThan(0.5);
                before = error;
            }
        }
    }

    @Test
    void staticRecurrencesAreRefusedOrReported() {
        assertThatThrownBy(() -> open(RECURRENT, Optional.of(recipe(List.of("lstm"), List.of()))))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContainingAll("lstm (LSTM) as static", "can be dynamic");
        QuantRecipe all = recipe(List.of(""), List.of());
        ModelRequest request = new ModelRequest(
                RECURRENT,
                Optional.of(all),
                List.of(new Audio(Digits.npy(ROOT.resolve("graph/recurrent.in.npy")), 16000)),
                Optional.empty(),
                1,
                Progress.none());
        try (AcousticModel model = new NativeEngine().open(request)) {
            assertThat(model.report().orElseThrow().keptFloat())
                    .extracting(Layer::path)
                    .containsExactly("lstm", "gru");
            assertThat(model.report().orElseThrow().layers())
                    .filteredOn(l -> l.method() == Method.STATIC)
                    .hasSize(3);
        }
    }

    /** The same on libtorch. */
    @Test
    void libtorchReportsRecurrencesBelowAStaticName() {
        ModelRequest request = new ModelRequest(
                RECURRENT,
                Optional.of(recipe(List.of(""), List.of())),
                List.of(new Audio(Digits.npy(ROOT.resolve("graph/recurrent.in.npy")), 16000)),
                Optional.of(Backend.FBGEMM),
                1,
                Progress.none());
        try (AcousticModel model = new TorchEngine().open(request)) {
            assertThat(rows(model))
                    .contains(
                            "lstm LSTM KEPT_FLOAT: LSTM can be dynamic or float16, not static",
                            "gru GRU KEPT_FLOAT: GRU can be dynamic or float16, not static");
        }
    }
}
