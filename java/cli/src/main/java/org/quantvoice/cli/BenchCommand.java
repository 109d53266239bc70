package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.Noise;
import org.quantvoice.cli.terminal.ProcessMemory;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.quantize.SpeedTuning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qv bench}. */
@Command(
        name = "bench",
        description = "Measures the speed of a model on noise, decoding apart, after 10 warm-up runs.",
        sortOptions = false)
final class BenchCommand extends Subcommand {
    private static final int WARM_UP = 10;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            order = 1,
            description = "Length of the audio (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "20",
            converter = RunOptions.Positive.class,
            order = 2,
            description = "Measured runs (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            defaultValue = "16000",
            converter = RunOptions.Positive.class,
            order = 3,
            description = "Samples a second that the model takes (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--tune",
            order = 4,
            description = "First find by trial the fastest numbers for each class of quantized layers,"
                    + " never less exact than those of the model.")
    private boolean tune;

    @Option(
            names = "--save",
            paramLabel = "OUT.qv",
            order = 5,
            description = "Where to save the model that --tune found.")
    private @Nullable Path save;

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Mixin
    private QuantOptions quant;

    @Override
    public Integer call() {
        float[] noise = noise();
        if (save != null && !tune) {
            throw usage("got --save without --tune");
        }
        var builder = run.builder(model.name()).progress(progress());
        quant.apply(builder);
        long start = System.nanoTime();
        try (AcousticModel opened = builder.acousticModel()) {
            double loadSeconds = (System.nanoTime() - start) / 1e9;
            if (tune) {
                tuned(opened, noise, loadSeconds);
            } else {
                report(opened, noise, loadSeconds, List.of());
            }
        }
        return QuantVoice.OK;
    }

    private void tuned(AcousticModel opened, float[] noise, double loadSeconds) {
        if (!(opened instanceof NativeModel asked)) {
            throw usage("got --tune for a model on " + opened.info().engine() + "; expected one of speech on NATIVE");
        }
        SpeedTuning.Result result = SpeedTuning.of(asked, noise);
        try (NativeModel fastest = result.model()) {
            report(fastest, noise, loadSeconds, result.choices());
            if (save != null) {
                fastest.save(save);
            }
        }
    }

    private void report(AcousticModel opened, float[] noise, double loadSeconds, List<SpeedTuning.Choice> choices) {
        double[] times = measure(opened, noise);
        ModelInfo info = opened.info();
        if (json()) {
            Map<String, @Nullable Object> map = document(info, times, loadSeconds);
            if (tune) {
                map.put("tuning", choices.stream().map(Documents::choice).toList());
            }
            printJson(map);
            return;
        }
        for (SpeedTuning.Choice choice : choices) {
            out().println(choice.layers() + " -> " + choice.chosen() + " " + choice.millis() + " ms a run");
        }
        out().printf(
                        Locale.ROOT,
                        "RTF %.4f at best, %.4f median (%.1f s of audio, %d runs); loaded in %.2f s%n",
                        times[0] / seconds,
                        median(times) / seconds,
                        seconds,
                        runs,
                        loadSeconds);
        out().println(RunOptions.describe(info));
    }

    private float[] noise() {
        long samples = Math.round(seconds * rate);
        if (!(samples >= 1 && samples < Integer.MAX_VALUE / 2)) {
            throw usage("got " + seconds + " seconds; expected more than 0 and less than a day");
        }
        return Noise.of((int) samples);
    }

    /** Seconds of each measured run, the shortest first. */
    private double[] measure(AcousticModel opened, float[] noise) {
        for (int i = 0; i < WARM_UP; i++) {
            opened.run(noise);
        }
        double[] times = new double[runs];
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            opened.run(noise);
            times[i] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(times);
        return times;
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private Map<String, @Nullable Object> document(ModelInfo info, double[] times, double loadSeconds) {
        Map<String, @Nullable Object> map = Documents.run(model.name(), info);
        map.put("rtfMin", times[0] / seconds);
        map.put("rtfMedian", median(times) / seconds);
        map.put("audioSeconds", seconds);
        map.put("runs", runs);
        map.put("loadSeconds", loadSeconds);
        map.put("peakRssBytes", ProcessMemory.peakBytes());
        map.put("modelBytes", info.modelBytes());
        return map;
    }
}
