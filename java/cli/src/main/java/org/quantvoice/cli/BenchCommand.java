package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.speed.LengthSpeed;
import org.quantvoice.cli.speed.RunTimes;
import org.quantvoice.cli.speed.Throughput;
import org.quantvoice.cli.terminal.Noise;
import org.quantvoice.cli.terminal.ProcessMemory;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.internal.exec.KnownLengthModel;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.exec.NativeStreamingModel;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.quantize.SpeedTuning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code qv bench}. */
@Command(
        name = "bench",
        description = "Measures the speed of a model on noise, decoding apart, after 10 warm-up runs or 2 s of them.",
        sortOptions = false)
final class BenchCommand extends Subcommand {
    private static final double USUAL_SECONDS = 10;

    @Option(names = "--seconds", paramLabel = "S", order = 1, description = "Length of the audio (default: 10).")
    private @Nullable Double seconds;

    @Option(
            names = "--lengths",
            paramLabel = "S",
            split = ",",
            order = 1,
            description =
                    "Several lengths instead, shortest first: a row of a table for each, with the peak memory so far.")
    private @Nullable List<Double> lengths;

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
            names = "--callers",
            paramLabel = "N",
            converter = RunOptions.Positive.class,
            order = 4,
            description = "Also let N threads call the model at once, and compare with one that calls it alone.")
    private @Nullable Integer callers;

    @Option(
            names = "--isa",
            paramLabel = "TIER",
            order = 4,
            description = "Kernels to use instead of the CPU's best, e.g. avx2; an error if the CPU lacks them.")
    private @Nullable String isa;

    @Option(
            names = "--tune",
            order = 5,
            description = "First find by trial the fastest numbers for each class of quantized layers,"
                    + " never less exact than those of the model.")
    private boolean tune;

    @Option(
            names = "--save",
            paramLabel = "OUT.qv",
            order = 6,
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
        List<Double> sorted = sortedLengths();
        if (save != null && !tune) {
            throw usage("got --save without --tune");
        }
        forceTier();
        var builder = run.builder(model.name()).progress(progress());
        quant.apply(builder);
        long start = System.nanoTime();
        try (AcousticModel opened = builder.acousticModel()) {
            double loadSeconds = (System.nanoTime() - start) / 1e9;
            if (isa != null && !opened.info().engine().equals(Engine.NATIVE)) {
                throw usage("got --isa for a model on " + opened.info().engine() + "; expected one on NATIVE");
            }
            if (tune) {
                tuned(opened, sorted, loadSeconds);
            } else {
                report(opened, sorted, loadSeconds, List.of());
            }
        }
        return QuantVoice.OK;
    }

    /** Sets the tier of kernels before their first use, because a process loads one tier only. */
    private void forceTier() {
        if (isa != null && isa.isBlank()) {
            throw usage("got --isa without a name; expected a tier such as avx2");
        }
        if (isa != null) {
            Kernels.force(isa);
        }
    }

    /** Returns the lengths to measure in seconds, shortest first, because the peak of memory only grows. */
    private List<Double> sortedLengths() {
        if (lengths != null && seconds != null) {
            throw usage("got --seconds and --lengths; expected one of them");
        }
        if (lengths != null && tune) {
            throw usage("got --lengths with --tune; expected --seconds, the one length to tune for");
        }
        if (lengths != null && lengths.isEmpty()) {
            throw usage("got --lengths without a length; expected seconds such as 1,10,30");
        }
        List<Double> all = lengths != null ? lengths : List.of(seconds != null ? seconds : USUAL_SECONDS);
        for (double each : all) {
            long samples = Math.round(each * rate);
            if (!(samples >= 1 && samples < Integer.MAX_VALUE / 2)) {
                throw usage("got " + each + " seconds; expected more than 0 and less than a day");
            }
        }
        return all.stream().sorted().distinct().toList();
    }

    private float[] noise(double length) {
        return Noise.of((int) Math.round(length * rate));
    }

    private void tuned(AcousticModel opened, List<Double> sorted, double loadSeconds) {
        if (opened instanceof NativeStreamingModel) {
            throw usage("got --tune for a streaming model; expected a model of whole utterances");
        }
        if (opened instanceof KnownLengthModel) {
            throw usage(
                    "got --tune for a model that is imported anew for each length; expected one with a graph for all lengths");
        }
        if (!(opened instanceof NativeModel asked)) {
            throw usage("got --tune for a model on " + opened.info().engine() + "; expected one of speech on NATIVE");
        }
        SpeedTuning.Result result = SpeedTuning.of(asked, noise(sorted.get(0)));
        try (NativeModel fastest = result.model()) {
            report(fastest, sorted, loadSeconds, result.choices());
            if (save != null) {
                fastest.save(save);
            }
        }
    }

    private void report(
            AcousticModel opened, List<Double> sorted, double loadSeconds, List<SpeedTuning.Choice> choices) {
        List<LengthSpeed> speeds = new ArrayList<>();
        for (double length : sorted) {
            speeds.add(measure(opened, length));
        }
        if (json()) {
            printJson(document(opened.info(), speeds, loadSeconds, choices));
            return;
        }
        for (SpeedTuning.Choice choice : choices) {
            out().println(choice.layers() + " -> " + choice.chosen() + " " + choice.millis() + " ms a run");
        }
        if (lengths != null) {
            out().print(LengthSpeed.table(speeds));
            out().printf(Locale.ROOT, "%d runs of each; loaded in %.2f s%n", runs, loadSeconds);
        } else {
            printOne(speeds.get(0), loadSeconds);
        }
        out().println(RunOptions.describe(opened.info()));
    }

    private LengthSpeed measure(AcousticModel opened, double length) {
        float[] noise = noise(length);
        RunTimes times = RunTimes.measure(opened, noise, length, runs);
        Throughput throughput = callers == null ? null : Throughput.measure(opened, noise, length, callers, runs);
        return new LengthSpeed(length, times, throughput, ProcessMemory.peakBytes());
    }

    private void printOne(LengthSpeed speed, double loadSeconds) {
        out().printf(
                        Locale.ROOT,
                        "RTF %.4f at best, %.4f median (%.1f s of audio, %d runs); loaded in %.2f s%n",
                        speed.times().rtfMin(),
                        speed.times().rtfMedian(),
                        speed.audioSeconds(),
                        runs,
                        loadSeconds);
        Throughput all = speed.throughput();
        if (all != null) {
            out().printf(
                            Locale.ROOT,
                            "%d callers: %.1f s of audio a second; one caller: %.1f; ratio %.2f%n",
                            all.callers(),
                            all.together(),
                            all.one(),
                            all.ratio());
        }
    }

    private Map<String, @Nullable Object> document(
            ModelInfo info, List<LengthSpeed> speeds, double loadSeconds, List<SpeedTuning.Choice> choices) {
        Map<String, @Nullable Object> map = Documents.run(model.name(), info);
        if (lengths == null) {
            map.putAll(speeds.get(0).toMap());
        } else {
            map.put("lengths", speeds.stream().map(LengthSpeed::toMap).toList());
        }
        map.put("runs", runs);
        map.put("loadSeconds", loadSeconds);
        map.put("modelBytes", info.modelBytes());
        if (tune) {
            map.put("tuning", choices.stream().map(Documents::choice).toList());
        }
        return map;
    }
}
