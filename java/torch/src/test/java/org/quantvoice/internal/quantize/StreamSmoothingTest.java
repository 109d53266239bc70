package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.NativeStreamingModel;
import org.quantvoice.internal.exec.StreamSource;
import org.quantvoice.internal.features.Fbank;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.ScaleRules;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightScheme;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.StreamingGraphs;

/** Scales that move within the graphs of a streaming model, and its guard, with outlier channels made by scales that cancel. */
public class StreamSmoothingTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    private static final Path MODEL = Path.of("src/test/resources/u2-bidirectional/model.pt");
    private static final int WIDTH = 32;
    private static final float OUTLIER = 64;
    private static final long SEED = 7;
    private static final List<String> ALL = List.of("encoder", "ctc", "decoder");

    @TempDir
    Path folder;

    private static float[] speech(String name) {
        return AudioFiles.read(ROOT.resolve("models/digits/" + name + ".flac")).samples();
    }

    private static Audio calibration() {
        return new Audio(Arrays.copyOf(speech("calib/calib-george-00"), 20_000), 16_000);
    }

    private static StreamingGraphs graphs() {
        return OpenModel.of(MODEL).takeStreaming().orElseThrow().folded();
    }

    /** Factors of a group's channels. */
    private interface Factors {
        float of(int channel);
    }

    /** The same model with the scales of all groups of all graphs moved. */
    private static StreamingGraphs moved(StreamingGraphs graphs, Factors factors) {
        List<Graph> parts = new ArrayList<>();
        for (Graph graph : graphs.all()) {
            Map<ScaleGroup, float[]> chosen = new LinkedHashMap<>();
            for (ScaleGroup group : ScaleGroups.of(graph)) {
                float[] own = new float[group.channels()];
                for (int c = 0; c < own.length; c++) {
                    own[c] = factors.of(c);
                }
                chosen.put(group, own);
            }
            parts.add(ScaleMove.apply(graph, chosen));
        }
        return graphs.with(parts);
    }

    private static NativeStreamingModel open(StreamingGraphs graphs) {
        StreamSource source = new StreamSource(Optional.empty(), Map::of, 1, Optional.empty());
        return NativeStreamingModel.open(graphs, Optional.empty(), source, 0);
    }

    /** Encoder frames, log-probs and the scores of both decoders of a stream. */
    private static List<float[]> results(NativeStreamingModel model, int chunk, int left) {
        List<float[]> all = new ArrayList<>();
        int bins = model.constants().melBins();
        int step = chunk * model.constants().subsampling();
        int window = step - model.constants().subsampling() + model.constants().rightContext() + 1;
        float[] features = new Fbank(16_000, bins).accept(speech("calib/calib-george-00"));
        int frames = features.length / bins;
        try (StreamingState state = model.open(chunk, left)) {
            for (int at = 0; at + model.constants().rightContext() < frames; at += step) {
                int count = Math.min(window, frames - at);
                var encoded = state.encode(Arrays.copyOfRange(features, at * bins, (at + count) * bins), count);
                all.add(encoded.encoder());
                all.add(encoded.logProbs().data());
            }
        }
        float[] first = all.get(0);
        var scores = model.decode(List.of(new int[] {3, 4, 5}), first, first.length / WIDTH, 0.5);
        all.add(scores.leftToRight());
        all.add(scores.rightToLeft());
        return all;
    }

    @ParameterizedTest
    @CsvSource({"4, 2", "8, 0", "16, 4", "16, -1", "25, 1"})
    void floatStreamsStayTheSameWithScalesMovedInEveryGraph(int chunk, int left) {
        Random random = new Random(SEED);
        StreamingGraphs graphs = graphs();
        assertThat(graphs.all()).allSatisfy(g -> assertThat(ScaleGroups.of(g).isEmpty())
                .as("groups of the graph of %s", g.paths())
                .isEqualTo(g == graphs.ctc()));
        try (NativeStreamingModel before = open(graphs());
                NativeStreamingModel after = open(moved(graphs, c -> Math.scalb(1f, random.nextInt(9) - 4)))) {
            List<float[]> expected = results(before, chunk, left);
            List<float[]> found = results(after, chunk, left);
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                float[] wanted = expected.get(i);
                assertThat(found.get(i)).hasSameSizeAs(wanted);
                for (int k = 0; k < wanted.length; k++) {
                    assertThat(Math.abs(found.get(i)[k] - wanted[k]))
                            .as("result %d, value %d, factors of seed %d", i, k, SEED)
                            .isLessThan(1e-4f);
                }
            }
        }
    }

    private Path write(float outlier) {
        Path file = folder.resolve("outlier" + outlier + ".qv");
        // weights behind a channel become smaller by the factor, so the channel larger
        try (NativeStreamingModel model = open(moved(graphs(), c -> c % 16 == 3 ? 1 / outlier : 1))) {
            model.save(file);
        }
        return file;
    }

    private static QuantRecipe recipe(
            List<String> fixed, List<String> dynamic, boolean guard, Optional<ScaleObjective> objective) {
        return new QuantRecipe(fixed, dynamic, ActivationObserver.HISTOGRAM, guard)
                .withRules(new ScaleRules(Optional.empty(), false, false, objective));
    }

    private static QuantRecipe recipe(boolean guard, Optional<ScaleObjective> objective) {
        return recipe(ALL, List.of(), guard, objective);
    }

    private static NativeStreamingModel open(
            Path file, Optional<QuantRecipe> recipe, Optional<Tuning> tuning, Audio... audio) {
        return (NativeStreamingModel) new NativeEngine()
                .open(new ModelRequest(
                        file,
                        recipe,
                        List.of(audio),
                        Optional.empty(),
                        1,
                        Progress.none(),
                        Optional.empty(),
                        tuning,
                        true,
                        false,
                        Optional.empty()));
    }

    private static NativeStreamingModel open(Path file, QuantRecipe recipe) {
        return open(file, Optional.of(recipe), Optional.empty(), calibration());
    }

    private static double decibels(List<float[]> exact, List<float[]> noisy) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < exact.size(); i++) {
            for (int k = 0; k < exact.get(i).length; k++) {
                signal += Math.pow(exact.get(i)[k], 2);
                noise += Math.pow(exact.get(i)[k] - (double) noisy.get(i)[k], 2);
            }
        }
        return 10 * Math.log10(signal / noise);
    }

    private static double decibels(Path file, QuantRecipe recipe) {
        try (NativeStreamingModel floats = open(file, Optional.empty(), Optional.empty());
                NativeStreamingModel rounded = open(file, recipe)) {
            return decibels(results(floats, 16, 4), results(rounded, 16, 4));
        }
    }

    @Test
    void outlierChannelsCostLittleAnyMore() {
        Path file = write(OUTLIER);
        double none = decibels(file, recipe(false, Optional.empty()));
        double searched = decibels(file, recipe(false, Optional.of(ScaleObjective.MSE)));
        double smooth = decibels(file, recipe(false, Optional.of(ScaleObjective.SMOOTH)));
        assertThat(smooth).isGreaterThan(none + 6).isGreaterThan(searched + 3);
    }

    @Test
    void theFileSaysHowManyInputsAndRangesOfTheseLayersAreNotKept() {
        Path file = write(OUTLIER);
        try (NativeStreamingModel plain = open(file, recipe(false, Optional.of(ScaleObjective.MSE)));
                NativeStreamingModel smooth = open(file, recipe(false, Optional.of(ScaleObjective.SMOOTH)))) {
            int inputs = Integer.parseInt(smooth.provenance().get("smoothedInputs"));
            assertThat(inputs).isGreaterThan(4);
            assertThat(plain.provenance()).doesNotContainKey("smoothedInputs");
            int all = plain.report().orElseThrow().ranges().byLayer().size();
            int kept = smooth.report().orElseThrow().ranges().byLayer().size();
            assertThat(all - kept).as("ranges of smoothed layers").isGreaterThanOrEqualTo(inputs);
            assertThat(kept).isPositive();
        }
    }

    @Test
    void budgetsAreSharedOutOverSmoothedLayers() {
        Path file = write(OUTLIER);
        List<Double> noise = new ArrayList<>();
        for (ScaleObjective objective : List.of(ScaleObjective.MSE, ScaleObjective.SMOOTH)) {
            Tuning tuning = new Tuning(new AverageBits(8), Sensitivity.MEDIAN, objective, WeightScheme.LINEAR);
            Optional<QuantRecipe> recipe = Optional.of(recipe(true, Optional.empty()));
            try (AcousticModel model = open(file, recipe, Optional.of(tuning), calibration())) {
                noise.add(model.report().flatMap(QuantReport::tuning).orElseThrow().layers().stream()
                        .mapToDouble(TuningReport.Layer::sqnr)
                        .average()
                        .orElseThrow());
            }
        }
        assertThat(noise.get(1)).isGreaterThan(noise.get(0) + 3);
    }

    /** Layers of every graph, whose outliers leave nothing of the other channels. */
    @Test
    void layersThatWouldDrownQuietFramesStayFloat() {
        Path file = write(1024);
        try (NativeStreamingModel guarded = open(file, recipe(true, Optional.empty()));
                NativeStreamingModel unguarded = open(file, recipe(false, Optional.empty()));
                NativeStreamingModel smooth = open(file, recipe(true, Optional.of(ScaleObjective.SMOOTH)))) {
            List<QuantReport.Layer> kept = guarded.report().orElseThrow().keptFloat();
            assertThat(kept).extracting(QuantReport.Layer::note).anyMatch(n -> n.contains("drowns quiet frames"));
            for (String part : List.of("encoder.", "decoder.left_decoder.", "decoder.right_decoder.")) {
                assertThat(kept).extracting(QuantReport.Layer::path).as(part).anyMatch(p -> p.startsWith(part));
            }
            assertThat(drowned(unguarded)).isZero();
            assertThat(drowned(smooth)).isLessThan(drowned(guarded) / 4);
        }
    }

    private static long drowned(AcousticModel model) {
        return model.report().orElseThrow().keptFloat().stream()
                .filter(l -> l.note().contains("drowns quiet frames"))
                .count();
    }

    @Test
    void theReportSaysHowMuchNoiseEachLayerHas() {
        try (NativeStreamingModel model = open(MODEL, recipe(true, Optional.empty()))) {
            assertThat(model.report().orElseThrow().layers())
                    .filteredOn(l -> l.method() == QuantReport.Method.STATIC)
                    .hasSizeGreaterThan(20)
                    .allMatch(l -> l.meanSqnr() > 5 && l.worstFrameSqnr() <= l.meanSqnr());
        }
    }

    @Test
    void whatCannotBeSmoothedIsRefused() {
        Optional<ScaleObjective> smooth = Optional.of(ScaleObjective.SMOOTH);
        QuantRecipe fixed = recipe(true, smooth);
        assertThatThrownBy(() -> open(MODEL, Optional.of(fixed), Optional.empty()))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("SMOOTH and no calibration audio");
        assertThatThrownBy(() -> open(MODEL, recipe(List.of(), ALL, true, smooth)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no static layer");
        assertThatThrownBy(() -> open(MODEL, recipe(List.of("ctc"), List.of("encoder"), true, smooth)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("none of which scales can be moved");
    }
}
