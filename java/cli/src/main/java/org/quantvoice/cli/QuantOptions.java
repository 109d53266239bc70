package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.WeightFormat;
import picocli.CommandLine.Option;

/** What becomes int8, and how. */
final class QuantOptions {
    @Option(
            names = "--static",
            paramLabel = "NAMES",
            split = ",",
            order = 20,
            description = "Modules with fixed ranges, found on calibration audio; a name covers all below it.")
    private List<String> staticNames = new ArrayList<>();

    @Option(
            names = "--dynamic",
            paramLabel = "NAMES",
            split = ",",
            order = 21,
            description = "Modules with ranges found at each run.")
    private List<String> dynamicNames = new ArrayList<>();

    @Option(
            names = "--calibrate",
            paramLabel = "TSV",
            order = 22,
            description = "Corpus of typical speech, for static modules.")
    private @Nullable Path calibration;

    @Option(
            names = "--calibrate-limit",
            paramLabel = "N",
            defaultValue = "100",
            converter = RunOptions.Positive.class,
            order = 23,
            description = "Use the first N recordings of it (default: ${DEFAULT-VALUE}).")
    private int calibrationLimit;

    @Option(
            names = "--observer",
            paramLabel = "O",
            defaultValue = "HISTOGRAM",
            order = 24,
            description = "How ranges are found: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private ActivationObserver observer = ActivationObserver.HISTOGRAM;

    @Option(
            names = "--no-guard",
            order = 25,
            description = "Quantize a layer even if calibration shows that this destroys its output.")
    private boolean noGuard;

    @Option(
            names = "--weights",
            paramLabel = "W",
            split = ",",
            order = 26,
            description = {
                "Numbers of the weights: int2 to int8, log3 to log8 (powers of 2), bfloat16 or float; or",
                "NAME=W for a module and all below it. libtorch has int8, float, and float16 for bfloat16."
            })
    private List<String> weights = new ArrayList<>();

    @Option(
            names = "--ranges",
            paramLabel = "JSON",
            order = 27,
            description = "Ranges that --save-ranges wrote, instead of audio; for .pt those of a .pt.")
    private @Nullable Path ranges;

    List<String> staticNames() {
        return staticNames;
    }

    List<String> dynamicNames() {
        return dynamicNames;
    }

    boolean anyName() {
        return !staticNames.isEmpty() || !dynamicNames.isEmpty();
    }

    boolean hasCalibration() {
        return calibration != null;
    }

    /** Sets the names and how ranges are found. */
    void apply(QuantSessionBuilder builder) {
        builder.staticInt8(staticNames.toArray(String[]::new)).dynamicInt8(dynamicNames.toArray(String[]::new));
        applyCalibration(builder);
    }

    /** Sets only how ranges are found. */
    void applyCalibration(QuantSessionBuilder builder) {
        builder.observer(observer).guard(!noGuard);
        for (String each : weights) {
            int at = each.indexOf('=');
            WeightFormat format = WeightFormat.parse(each.substring(at + 1));
            builder.weights(format, at < 0 ? "" : each.substring(0, at));
        }
        if (ranges != null) {
            builder.ranges(ActivationRanges.load(ranges));
        }
        if (calibration != null) {
            builder.calibrateOn(AudioCorpus.tsv(calibration).limit(calibrationLimit));
        }
    }
}
