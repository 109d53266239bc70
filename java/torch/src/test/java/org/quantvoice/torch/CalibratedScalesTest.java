package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.ModelRequest;
import org.quantvoice.engine.Progress;
import org.quantvoice.plan.NativeEngine;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantRecipe;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.ScaleRules;
import org.quantvoice.quant.WeightFormat;

/** Scales searched on calibration audio, without a budget. */
class CalibratedScalesTest {
    @TempDir
    Path folder;

    private static AcousticModel open(Path file, Optional<QuantRecipe> recipe, int recordings) {
        String tokens = "{\"blank\": 0}";
        return new NativeEngine()
                .open(new ModelRequest(
                        file,
                        recipe,
                        Digits.calibration().subList(0, recordings),
                        Optional.empty(),
                        1,
                        Progress.none(),
                        Optional.of(tokens)));
    }

    private static QuantRecipe recipe(WeightFormat format, Optional<ScaleObjective> objective) {
        return new QuantRecipe(Digits.STATIC, Digits.DYNAMIC, ActivationObserver.HISTOGRAM, true)
                .withWeights("", format)
                .withRules(new ScaleRules(Optional.empty(), false, false, objective));
    }

    /** Mean signal to noise of the layers, the noise of the layers before included, and that of the last one. */
    private static double[] decibels(AcousticModel model) {
        var layers = model.report().orElseThrow().layers();
        double mean = layers.stream().mapToDouble(l -> l.meanSqnr()).average().orElseThrow();
        return new double[] {mean, layers.get(layers.size() - 1).meanSqnr()};
    }

    @Test
    void measure() {
        for (WeightFormat format : List.of(WeightFormat.INT8, WeightFormat.linear(4), WeightFormat.linear(3))) {
            for (int i = -1; i < 4; i++) {
                Optional<ScaleObjective> objective = i < 0 ? Optional.empty() : Optional.of(ScaleObjective.values()[i]);
                long start = System.nanoTime();
                try (AcousticModel model = open(Digits.MODEL, Optional.of(recipe(format, objective)), 8)) {
                    double[] db = decibels(model);
                    System.err.printf(
                            "MEASURE %s %s mean %.2f last %.2f wer %.2f  %.1f s%n",
                            format,
                            objective,
                            db[0],
                            db[1],
                            Digits.rates(model).wer(),
                            (System.nanoTime() - start) / 1e9);
                }
            }
        }
    }
}
