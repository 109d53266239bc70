package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.NativeStreamingModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvStreamFile;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.Budget;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Budgets of streaming models: one for the layers of all graphs, kept by the file and by the memory. */
final class U2BudgetTest {
    private static final Path FLOAT = U2Fixture.FOLDER.resolve("model/u2-digits-float.pt");
    private static final Path BIDIRECTIONAL = Path.of("src/test/resources/u2-bidirectional/model.pt");
    private static final List<String> PARTS = List.of("encoder", "ctc", "decoder");
    private static final int WIDTH = 32;
    private static final long SEED = 19;

    @TempDir
    Path folder;

    private static Quantization.BudgetBuilder within(Quantization.BudgetBuilder budget) {
        return budget.tuneOn(AudioCorpus.tsv(U2Fixture.ROOT.resolve("models/digits/calib/calib.tsv"))
                .limit(1));
    }

    private static QuantSessionBuilder builder(Path model, Quantization within) {
        return QuantSession.builder()
                .model(model)
                .vocabulary(U2Fixture.FOLDER.resolve("model/tokens.json"))
                .quantize(within);
    }

    private static String hear(QuantSession session, String id) {
        try (TranscriptStream stream = session.stream(StreamOptions.defaults())) {
            StringBuilder text = new StringBuilder();
            stream.onEvent(e -> {
                if (e instanceof StreamEvent.Final) {
                    text.append(text.isEmpty() ? "" : " ").append(e.text());
                }
            });
            stream.accept(U2Fixture.samples(id));
            stream.finish();
            return text.toString();
        }
    }

    /** The settings of streams are part of the file, so of the budget; 1.6 MB are 3.7 bits a weight. */
    @Test
    void aSessionKeepsTheBudgetAndStreamsAndRescores() throws IOException {
        Path file = folder.resolve("tuned.qv");
        long budget = 1_600_000;
        try (QuantSession session = builder(
                        FLOAT,
                        within(Quantization.toBudget(new DataSize(budget)))
                                .sensitivity(Sensitivity.MEDIAN)
                                .objective(ScaleObjective.COSINE)
                                .build())
                .streaming(new StreamSettings(16, 4, 0.5, 0))
                .build()) {
            QuantReport report = session.report().orElseThrow();
            TuningReport tuning = report.tuning().orElseThrow();
            session.save(file);
            assertThat(Files.size(file)).isEqualTo(tuning.fileBytes()).isEqualTo(report.bytesAfter());
            assertThat(tuning.fileBytes()).isLessThanOrEqualTo(budget);
            assertThat(tuning.memoryBytes()).isBetween(budget * 98 / 100, budget);
            assertThat(tuning.layers())
                    .hasSize(91)
                    .extracting(TuningReport.Layer::path)
                    .doesNotHaveDuplicates();
            for (String part : PARTS) {
                assertThat(tuning.layers()).as(part).anyMatch(l -> l.path().startsWith(part + "."));
            }
            assertThat(tuning.layers())
                    .allMatch(l -> l.format().bits() == 3 || l.format().bits() == 4)
                    .allMatch(l -> Double.isFinite(l.sqnr()));
        }
        try (QuantSession session = QuantSession.builder().model(file).build()) {
            assertThat(session.report().orElseThrow().stream()).contains(new StreamSettings(16, 4, 0.5, 0));
            assertThat(hear(session, "test-theo-04")).isEqualTo("eight seven two three seven");
            assertThat(hear(session, "test-nicolas-17")).isEqualTo("eight five six");
        }
    }

    private static ModelRequest request(
            Path model, Optional<QuantRecipe> recipe, Optional<Tuning> tuning, Audio... on) {
        return new ModelRequest(
                model,
                recipe,
                List.of(on),
                Optional.empty(),
                1,
                Progress.none(),
                Optional.empty(),
                tuning,
                true,
                false,
                Optional.empty());
    }

    private static NativeStreamingModel tuned(
            Budget budget, ScaleObjective objective, UnaryOperator<QuantRecipe> more) {
        QuantRecipe recipe = new QuantRecipe(
                List.of("encoder.embed"),
                List.of("encoder.encoders", "ctc", "decoder"),
                ActivationObserver.MIN_MAX,
                true);
        Tuning tuning = new Tuning(budget, Sensitivity.L2, objective, WeightScheme.LINEAR);
        Audio speech = new Audio(U2Fixture.samples("test-nicolas-17"), U2Fixture.SAMPLE_RATE);
        return (NativeStreamingModel) new NativeEngine()
                .open(request(BIDIRECTIONAL, Optional.of(more.apply(recipe)), Optional.of(tuning), speech));
    }

    private static TuningReport report(NativeStreamingModel model) {
        return model.report().flatMap(QuantReport::tuning).orElseThrow();
    }

    private static long smallest() {
        try {
            tuned(new SizeBudget(1), ScaleObjective.MIN_MAX, r -> r).close();
        } catch (QuantizationException e) {
            return Long.parseLong(e.expected().replaceAll("(?s).*\\((\\d+) bytes\\).*", "$1"));
        }
        throw new AssertionError("a budget of 1 byte was met");
    }

    /** All that was packed after a run of each graph, both decoders included. */
    private static long memory(NativeStreamingModel model) {
        float[] frames = new float[5 * WIDTH];
        assertThat(model.run(U2Fixture.samples("test-nicolas-17")).data()).doesNotContain(Float.NaN);
        assertThat(model.decode(List.of(new int[] {2, 3, 4}), frames, 5, 0.5).rightToLeft())
                .doesNotContain(Float.NaN);
        return model.weightBytes();
    }

    /** The smallest budget that is named is met, and so are others up to the largest. */
    @Test
    void randomBudgetsHoldInFileAndMemory() throws IOException {
        long least = smallest();
        long most = Files.size(BIDIRECTIONAL) * 9 / 10;
        Random random = new Random(SEED);
        for (int i = 0; i < 6; i++) {
            long budget = i == 0 ? least : least + (long) (random.nextDouble() * (most - least));
            String name = "budget " + budget + " of seed " + SEED;
            Path file = folder.resolve("tuned" + i + ".qv");
            float[] before;
            TuningReport report;
            try (NativeStreamingModel tuned = tuned(new SizeBudget(budget), ScaleObjective.values()[i % 3], r -> r)) {
                report = report(tuned);
                before = tuned.run(U2Fixture.samples("test-theo-04")).data();
                tuned.save(file);
            }
            assertThat(Files.size(file))
                    .as("file for " + name)
                    .isEqualTo(report.fileBytes())
                    .isLessThanOrEqualTo(budget);
            try (NativeStreamingModel again =
                    (NativeStreamingModel) new NativeEngine().open(request(file, Optional.empty(), Optional.empty()))) {
                assertThat(again.run(U2Fixture.samples("test-theo-04")).data())
                        .as(name)
                        .isEqualTo(before);
                assertThat(memory(again))
                        .as("memory for " + name)
                        .isPositive()
                        .isLessThanOrEqualTo(report.memoryBytes());
            }
            assertThat(report.memoryBytes())
                    .as("memory that was foretold for " + name)
                    .isLessThanOrEqualTo(budget);
        }
    }

    @Test
    void anAverageCountsTheLayersOfAllParts() {
        try (NativeStreamingModel model = tuned(new AverageBits(5), ScaleObjective.MIN_MAX, r -> r)) {
            TuningReport report = report(model);
            long largest = report.layers().stream()
                    .mapToLong(TuningReport.Layer::weights)
                    .max()
                    .orElseThrow();
            long all = report.layers().stream()
                    .mapToLong(TuningReport.Layer::weights)
                    .sum();
            assertThat(report.meanBits()).isLessThanOrEqualTo(5).isGreaterThan(5 - (double) largest / all);
            assertThat(report.layers())
                    .extracting(TuningReport.Layer::path)
                    .anyMatch(p -> p.startsWith("decoder.left_decoder."))
                    .anyMatch(p -> p.startsWith("decoder.right_decoder."));
        }
    }

    /** A part whose weights are set keeps them, and the others share what is left. */
    @Test
    void setWeightsOfAPartAreKept() {
        Path file = folder.resolve("pinned.qv");
        try (NativeStreamingModel model =
                tuned(new AverageBits(3), ScaleObjective.MIN_MAX, r -> r.withWeights("decoder", WeightFormat.INT8))) {
            assertThat(report(model).layers()).noneMatch(l -> l.path().startsWith("decoder."));
            model.save(file);
        }
        Map<String, Graph> graphs = QvStreamFile.read(file).graphs();
        assertThat(formats(graphs.get("decoder"))).containsOnly(WeightFormat.INT8);
        assertThat(formats(graphs.get("reverse"))).containsOnly(WeightFormat.INT8);
        assertThat(formats(graphs.get("encoder")))
                .contains(WeightFormat.linear(3))
                .doesNotContain(WeightFormat.INT8);
        graphs.values().forEach(Graph::close);
    }

    private static List<WeightFormat> formats(Graph graph) {
        return graph.constants().values().stream()
                .filter(c -> c.data() instanceof QuantizedTensor)
                .map(c -> ((QuantizedTensor) c.data()).format())
                .toList();
    }

    /** Gradients choose scales of their own; among the recordings one without a frame, and one of one frame of silence. */
    @Test
    void scalesByWhatTheLossMindsNeedNoLongRecordings() {
        QuantRecipe recipe = new QuantRecipe(List.of(), PARTS, ActivationObserver.MIN_MAX, true);
        Audio[] audio = {
            new Audio(new float[399], U2Fixture.SAMPLE_RATE),
            new Audio(new float[1360], U2Fixture.SAMPLE_RATE),
            new Audio(Arrays.copyOf(U2Fixture.samples("test-nicolas-17"), 12_000), U2Fixture.SAMPLE_RATE)
        };
        Map<ScaleObjective, TuningReport> reports = new EnumMap<>(ScaleObjective.class);
        for (ScaleObjective objective : List.of(ScaleObjective.HESSIAN, ScaleObjective.MSE)) {
            Tuning tuning = new Tuning(new AverageBits(4), Sensitivity.L2, objective, WeightScheme.LINEAR);
            ModelRequest request = new ModelRequest(
                    BIDIRECTIONAL,
                    Optional.of(recipe),
                    List.of(audio),
                    Optional.empty(),
                    1,
                    Progress.none(),
                    Optional.of("{\"blank\": 0}"),
                    Optional.of(tuning),
                    true,
                    false,
                    Optional.empty());
            try (NativeStreamingModel model = (NativeStreamingModel) new NativeEngine().open(request)) {
                reports.put(objective, report(model));
            }
        }
        List<TuningReport.Layer> guided = reports.get(ScaleObjective.HESSIAN).layers();
        List<TuningReport.Layer> squared = reports.get(ScaleObjective.MSE).layers();
        for (String part : List.of("encoder.", "ctc.", "decoder.left_decoder.", "decoder.right_decoder.")) {
            int lower = 0;
            for (int i = 0; i < guided.size(); i++) {
                boolean here = guided.get(i).path().startsWith(part);
                lower += here && guided.get(i).sqnr() < squared.get(i).sqnr() ? 1 : 0;
            }
            assertThat(lower)
                    .as("layers of %s with scales that are not those of squared errors", part)
                    .isPositive();
        }
    }

    /** What a float file of the native engine is tuned to is what its source is tuned to. */
    @Test
    void aFloatFileIsTunedLikeItsSource() {
        Path floats = folder.resolve("float.qv");
        try (var model = new NativeEngine().open(request(BIDIRECTIONAL, Optional.empty(), Optional.empty()))) {
            model.save(floats);
        }
        QuantRecipe recipe = new QuantRecipe(List.of(), PARTS, ActivationObserver.MIN_MAX, true);
        Tuning tuning = new Tuning(new AverageBits(4), Sensitivity.KL, ScaleObjective.MIN_MAX, WeightScheme.LOG2);
        Audio speech = new Audio(U2Fixture.samples("test-nicolas-17"), U2Fixture.SAMPLE_RATE);
        try (var fromSource = new NativeEngine()
                        .open(request(BIDIRECTIONAL, Optional.of(recipe), Optional.of(tuning), speech));
                var fromFile =
                        new NativeEngine().open(request(floats, Optional.of(recipe), Optional.of(tuning), speech))) {
            assertThat(fromFile.run(speech.samples()).data())
                    .isEqualTo(fromSource.run(speech.samples()).data());
            assertThat(fromFile.report()
                            .flatMap(QuantReport::tuning)
                            .orElseThrow()
                            .layers())
                    .isEqualTo(fromSource
                            .report()
                            .flatMap(QuantReport::tuning)
                            .orElseThrow()
                            .layers());
        }
    }

    @Test
    void badInputIsRefused() {
        SizeBudget plenty = new SizeBudget(smallest() * 2);
        assertThatThrownBy(() -> tuned(plenty, ScaleObjective.HESSIAN, r -> r))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("the calibration HESSIAN without a token list");
        assertThatThrownBy(() -> tuned(new SizeBudget(1L << 40), ScaleObjective.MSE, r -> r))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("which the float model takes");
        QuantRecipe recipe = new QuantRecipe(List.of(), PARTS, ActivationObserver.MIN_MAX, true);
        Optional<Tuning> tuning =
                Optional.of(new Tuning(plenty, Sensitivity.MEAN, ScaleObjective.MSE, WeightScheme.LINEAR));
        assertThatThrownBy(() -> new NativeEngine().open(request(BIDIRECTIONAL, Optional.of(recipe), tuning)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("no recordings");
        Audio scrap = new Audio(new float[399], U2Fixture.SAMPLE_RATE); // not one frame
        assertThatThrownBy(() -> new NativeEngine().open(request(BIDIRECTIONAL, Optional.of(recipe), tuning, scrap)))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("too short for a frame");
    }
}
