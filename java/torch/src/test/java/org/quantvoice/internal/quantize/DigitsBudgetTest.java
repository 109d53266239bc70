package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/** Budgets of the digits model, each met by a file that is written, read again and run. */
public class DigitsBudgetTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"), "models", "digits");
    private static final String W2V = "encoder.wav2vec2.model.";
    private static final int BUDGETS = 200;
    private static final long SEED = 20;
    private static final double MOST_UNUSED = 0.02;
    private static final WeightScheme LINEAR = WeightScheme.LINEAR;

    @TempDir
    Path folder;

    private final Audio clip = clip();

    private static Audio clip() {
        Audio whole = AudioFiles.read(ROOT.resolve("calib/calib-george-00.flac"));
        return new Audio(Arrays.copyOfRange(whole.samples(), 8000, 9600), whole.sampleRate());
    }

    private static NativeModel open(Path file) {
        return (NativeModel) new NativeEngine()
                .open(new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none()));
    }

    private ModelRequest request() {
        return new ModelRequest(
                ROOT.resolve("model/digits-float.pt"),
                Optional.empty(),
                List.of(clip),
                Optional.empty(),
                1,
                Progress.none());
    }

    @Test
    void randomBudgetsAreNeverExceededAndUsed() throws IOException {
        QuantRecipe recipe = new QuantRecipe(
                List.of(W2V + "feature_extractor"),
                List.of(W2V + "encoder.layers", W2V + "feature_projection", "encoder.enc", "ctc_lin"),
                ActivationObserver.MIN_MAX,
                true);
        Tuning tuning = new Tuning(new SizeBudget(0), Sensitivity.MEDIAN, ScaleObjective.MIN_MAX, LINEAR);
        try (NativeModel floats = open(ROOT.resolve("model/digits-float.pt"));
                KernelPool pool = KernelPool.of(1)) {
            Graph graph = floats.parts().get(0).graph();
            TunedPart whole = new TunedPart(graph, recipe);
            Tuner tuner = new Tuner(
                    List.of(whole),
                    tuning,
                    request(),
                    (graphs, facts) -> fileSize(graphs.get(0), facts),
                    part -> Optional.empty());
            List<TunedPart.Heard> heard = tuner.listen(List.of(PieceRun.whole(graph, floats::tap)), pool);
            int layers = whole.layers().size();
            ModelSizes sizes =
                    new ModelSizes(List.of(whole.sized()), LINEAR, graphs -> fileSize(graphs.get(0), Map.of()));
            long least = smallest(tuner, heard, pool);
            long most = BitAllocation.size(layers, WeightFormat.FLOAT, sizes);
            Random random = new Random(SEED);
            for (int i = 0; i < BUDGETS; i++) {
                long budget = i == 0 ? least : least + (long) (random.nextDouble() * (most - least));
                check(tuner.fit(heard, new SizeBudget(budget), pool, Map.of()), budget, sizes);
            }
        }
    }

    private static long fileSize(Graph graph, Map<String, String> facts) {
        return QvFile.fileSize(new QvModel(graph, Optional.empty(), facts));
    }

    private static long smallest(Tuner tuner, List<TunedPart.Heard> heard, KernelPool pool) {
        SizeBudget plenty = new SizeBudget(3_000_000);
        return tuner.fit(heard, plenty, pool, Map.of()).report().smallestBytes();
    }

    private void check(Tuner.Result tuned, long budget, ModelSizes sizes) throws IOException {
        Path file = folder.resolve("tuned.qv");
        QvFile.write(new QvModel(tuned.graphs().get(0), Optional.empty(), tuned.facts()), file);
        long inFile = Files.size(file);
        long inMemory;
        try (NativeModel read = open(file)) {
            assertThat(read.run(clip.samples()).data()).doesNotContain(Float.NaN);
            inMemory = read.weightBytes();
        }
        String name = "budget " + budget + " of seed " + SEED;
        assertThat(inFile).as("file for " + name).isLessThanOrEqualTo(budget);
        assertThat(inMemory).as("memory for " + name).isLessThanOrEqualTo(budget);
        assertThat(tuned.report().memoryBytes())
                .as("memory that was foretold for " + name)
                .isBetween(inMemory, budget);
        assertUsed(tuned.report(), inFile, inMemory, budget, sizes, name);
    }

    /** With any layer of the lowest rung one step wider, the model would take more than 98 % of the budget. */
    private static void assertUsed(
            TuningReport report, long inFile, long inMemory, long budget, ModelSizes sizes, String name) {
        List<WeightFormat> ladder = BitAllocation.ladder(LINEAR);
        List<WeightFormat> formats =
                report.layers().stream().map(TuningReport.Layer::format).toList();
        WeightFormat lowest =
                formats.stream().min(Comparator.comparingInt(ladder::indexOf)).orElseThrow();
        assertThat(formats).as(name).allMatch(f -> ladder.indexOf(f) - ladder.indexOf(lowest) <= 1);
        if (lowest.equals(WeightFormat.FLOAT)) {
            return;
        }
        WeightFormat wider = ladder.get(ladder.indexOf(lowest) + 1);
        for (int i = 0; i < formats.size(); i++) {
            if (formats.get(i).equals(lowest)) {
                long file = inFile + sizes.file(i, wider) - sizes.file(i, lowest);
                long memory = inMemory + sizes.memory(i, wider) - sizes.memory(i, lowest);
                assertThat(Math.max(file, memory))
                        .as(name + ": with a wider " + report.layers().get(i).path())
                        .isGreaterThan((long) (budget * (1 - MOST_UNUSED)));
            }
        }
    }
}
