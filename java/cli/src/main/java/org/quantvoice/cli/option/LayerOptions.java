package org.quantvoice.cli.option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Quantization;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRanges;
import org.quantvoice.quant.WeightFormat;
import picocli.CommandLine.Option;

/**
 * The options that say which layers become int8, with which number formats, and how the ranges of static ones are
 * found.
 */
public final class LayerOptions {
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
            names = "--observer",
            paramLabel = "O",
            order = 24,
            description = "How ranges are found: ${COMPLETION-CANDIDATES} (default: HISTOGRAM).")
    private @Nullable ActivationObserver observer;

    @Option(
            names = "--symmetric",
            order = 25,
            description = "The middle level of static layers' activations stands for 0.")
    private boolean symmetric;

    @Option(
            names = "--reduce-range",
            order = 25,
            description = "Static layers' activations in 7 bits, for libtorch on CPUs without VNNI.")
    private boolean reduceRange;

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

    boolean hasRanges() {
        return ranges != null;
    }

    /** Returns whether an option says how ranges of static layers are found. */
    boolean choosesRanges() {
        return observer != null || symmetric || reduceRange || ranges != null;
    }

    boolean anyName() {
        return !staticNames.isEmpty() || !dynamicNames.isEmpty();
    }

    /** Returns whether any of these options is given. */
    boolean any() {
        return anyName() || choosesRanges() || !weights.isEmpty();
    }

    public void apply(Quantization.Builder<?> builder) {
        builder.staticInt8(staticNames.toArray(String[]::new)).dynamicInt8(dynamicNames.toArray(String[]::new));
        builder.symmetric(symmetric).reduceRange(reduceRange);
        if (observer != null) {
            builder.observer(observer);
        }
        for (String each : weights) {
            int at = each.indexOf('=');
            WeightFormat format = WeightFormat.parse(each.substring(at + 1));
            builder.weights(format, at < 0 ? "" : each.substring(0, at));
        }
        if (ranges != null) {
            builder.ranges(ActivationRanges.load(ranges));
        }
    }
}
