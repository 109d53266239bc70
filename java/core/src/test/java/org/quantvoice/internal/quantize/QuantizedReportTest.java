package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.exec.PlanListing;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.recipe.AverageBits;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;

/** What quantizing tells of itself: noise of each layer, what stayed float and why, and provenance in the file. */
public class QuantizedReportTest {
    private static final QuantRecipe RECIPE =
            new QuantRecipe(List.of("conv"), List.of("q", "k", "v", "head"), ActivationObserver.MIN_MAX, true);

    @TempDir
    Path folder;

    private AcousticModel quantized(int recordings) {
        return quantized(recordings, Optional.empty());
    }

    private AcousticModel quantized(int recordings, Optional<Tuning> tuning) {
        Path file = SmallModels.write(SmallModels.floats(), folder.resolve("small.qv"));
        List<Audio> audio = IntStream.range(0, recordings)
                .mapToObj(i -> new Audio(SmallModels.noise(1600 + 160 * i), 16_000))
                .toList();
        return new NativeEngine()
                .open(new ModelRequest(
                        file,
                        Optional.of(RECIPE),
                        audio,
                        Optional.empty(),
                        1,
                        Progress.none(),
                        Optional.empty(),
                        tuning,
                        true,
                        false,
                        Optional.empty()));
    }

    @Test
    void eachLayerHasItsSignalToNoiseRatio() {
        try (AcousticModel model = quantized(12)) {
            List<QuantReport.Layer> layers = model.report().orElseThrow().layers();
            assertThat(layers).extracting(QuantReport.Layer::path).containsExactly("conv", "q", "k", "v", "head");
            assertThat(layers).allSatisfy(layer -> {
                assertThat(layer.meanSqnr()).as(layer.path()).isBetween(20.0, 70.0);
                assertThat(layer.worstFrameSqnr()).as(layer.path()).isLessThanOrEqualTo(layer.meanSqnr());
            });
        }
    }

    @Test
    void thePlanSaysWhatStayedFloatAndWhy() {
        try (AcousticModel model = quantized(2)) {
            PlanListing listing = ((NativeModel) model).profile(SmallModels.noise(4000), 2);
            assertThat(listing.floatOperators())
                    .extracting(PlanListing.FloatOperator::path)
                    .containsExactly("attention", "o", "up", "down");
            assertThat(listing.floatOperators().get(1).reason()).contains("recipe does not name it");
            assertThat(listing.print()).contains("stayed float: linear up: the recipe does not name it");
            assertThat(listing.peakGops()).hasSize(3);
            PlanListing.Step product = listing.steps().stream()
                    .filter(s -> s.operator().equals("gemm"))
                    .findFirst()
                    .orElseThrow();
            assertThat(product.numbers()).isZero();
            if (listing.peakGops().get(0) > 0) {
                assertThat(listing.percentOfPeak(product)).isPositive();
            }
        }
    }

    @Test
    void tuningKeepsWhatIsFastestAndNeverLessExact() {
        float[] samples = SmallModels.noise(4000);
        try (AcousticModel model = quantized(2)) {
            SpeedTuning.Result result = SpeedTuning.of((NativeModel) model, samples);
            try (NativeModel tuned = result.model()) {
                assertThat(result.choices())
                        .extracting(SpeedTuning.Choice::layers)
                        .containsExactly(
                                "conv1d [8, 1, 10] int8-static x 1",
                                "linear [8, 8] int8-dynamic x 3",
                                "linear [5, 8] int8-dynamic x 1");
                assertThat(result.choices()).allSatisfy(c -> {
                    assertThat(c.millis().get(c.chosen()))
                            .isLessThanOrEqualTo(c.millis().get(c.asked()));
                    assertThat(c.millis()).containsKeys("bfloat16", "float");
                });
                float[] asked = model.run(samples).data();
                float[] got = tuned.run(samples).data();
                for (int i = 0; i < asked.length; i++) {
                    assertThat(got[i]).as("element %d", i).isCloseTo(asked[i], within(0.2f));
                }
            }
            assertThat(model.run(samples).frames()).isPositive();
        }
    }

    @Test
    void rangesAreReportedWithABudgetToo() {
        ActivationRanges without;
        try (AcousticModel model = quantized(2, Optional.empty())) {
            without = model.report().orElseThrow().ranges();
        }
        Tuning tuning = new Tuning(new AverageBits(6), Sensitivity.MEDIAN, ScaleObjective.MSE, WeightScheme.LINEAR);
        try (AcousticModel model = quantized(2, Optional.of(tuning))) {
            assertThat(model.report().orElseThrow().ranges()).isEqualTo(without);
        }
        assertThat(without.byLayer()).containsOnlyKeys("conv");
    }

    @Test
    void theFileSaysWhereItComesFrom() throws Exception {
        Path saved = folder.resolve("quantized.qv");
        try (AcousticModel model = quantized(3)) {
            model.save(saved);
        }
        byte[] source = Files.readAllBytes(folder.resolve("small.qv"));
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(source));
        Map<String, String> facts = QvFile.provenance(saved);
        assertThat(facts)
                .containsEntry("source", "small.qv")
                .containsEntry("sourceSha256", sha256)
                .containsEntry("static", "conv")
                .containsEntry("dynamic", "q,k,v,head")
                .containsEntry("observer", "MIN_MAX")
                .containsEntry("calibrationRecordings", "3")
                .containsEntry("calibrationSeconds", "0.330");
        assertThat(facts.get("calibrationSha256")).matches("[0-9a-f]{64}");
        assertThat(facts.get("sdk")).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    }
}
