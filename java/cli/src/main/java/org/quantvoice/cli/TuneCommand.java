package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.cli.option.BudgetOption;
import org.quantvoice.cli.option.DecoderOptions;
import org.quantvoice.cli.option.LayerOptions;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.option.StreamSettingsOptions;
import org.quantvoice.cli.option.TuneOptions;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.TextTable;
import org.quantvoice.cli.tuning.BudgetPoint;
import org.quantvoice.cli.tuning.BudgetSweep;
import org.quantvoice.cli.tuning.LayerTimes;
import org.quantvoice.cli.tuning.TuningDocuments;
import org.quantvoice.cli.tuning.TuningFolder;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.error.CorpusException;
import org.quantvoice.internal.exec.Profiled;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.quant.TuningReport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code qv tune}. */
@Command(
        name = "tune",
        description = "Fits a model into a number of bytes, for a user: more bits for the layers that need them.",
        footer = {
            "",
            "The recordings need no texts. Neither the file nor the weights in memory take more than the",
            "budget. Layers that --weights names keep those; the others share what is left. Ranges of",
            "static layers are found on the recordings. The parts of a streaming model share one budget.",
            "See docs/mixed-precision.md."
        },
        sortOptions = false)
final class TuneCommand extends Subcommand {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT.qv",
            required = true,
            order = 1,
            description = "Where to save.")
    private Path output = Path.of("");

    @ArgGroup(exclusive = true, multiplicity = "1", order = 2)
    private BudgetOption budget;

    @Option(names = "--on", paramLabel = "TSV", required = true, order = 2, description = "Recordings of the user.")
    private Path recordings = Path.of("");

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            converter = RunOptions.Positive.class,
            order = 6,
            description = "Use the first N recordings (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            order = 7,
            description = "Write index.html with plots, layers.csv and tuning.json into this folder.")
    private @Nullable Path folder;

    @Option(
            names = "--test",
            paramLabel = "TSV",
            order = 8,
            description = "Recordings with texts: the report then shows word error rate against size.")
    private @Nullable Path testFile;

    @Option(
            names = "--points",
            paramLabel = "N",
            defaultValue = "5",
            converter = RunOptions.Positive.class,
            order = 9,
            description = "Budgets that this is measured at, 2 or more (default: ${DEFAULT-VALUE}).")
    private int points;

    @Option(
            names = "--save-ranges",
            paramLabel = "JSON",
            order = 28,
            description = "Write the ranges of static layers, for --ranges.")
    private @Nullable Path savedRanges;

    @Mixin
    private TuneOptions tuning;

    @Mixin
    private LayerOptions layers;

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Mixin
    private DecoderOptions decoder;

    @Mixin
    private StreamSettingsOptions stream;

    @Override
    public Integer call() {
        if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".qv")) {
            throw usage("got the output " + output + "; expected a name that ends in .qv");
        }
        if (testFile != null && (folder == null || points < 2)) {
            throw usage("got --test with " + (folder == null ? "no --report" : "--points " + points)
                    + "; expected a folder and 2 or more points");
        }
        AtomicFile.prepare(output);
        Optional<AudioCorpus> test = testCorpus(); // a wrong corpus is refused before the long part
        try (StopSignal stop = new StopSignal();
                DecoderOptions closedAtTheEnd = decoder) {
            Tuned tuned = tune(budget.quantization(), stop);
            if (!json()) {
                print(tuned);
            }
            List<BudgetPoint> swept = folder == null ? List.of() : report(folder, tuned.report(), test, stop);
            if (json()) {
                printJson(document(tuned, swept)); // printed last, because a failure prints a document of its own
            }
        }
        return QuantVoice.OK;
    }

    private QuantSessionBuilder builder(Quantization.BudgetBuilder size, StopSignal stop) {
        QuantSessionBuilder builder =
                run.builder(model.name()).engine(Engine.NATIVE).progress(stop.checking(progress()));
        if (savedRanges != null && tuning.movesScales()) {
            throw usage(
                    "got --save-ranges with --calibration smooth; expected a calibration that leaves the model's weights"
                            + " as they are, for which ranges could serve again");
        }
        Quantization.BudgetBuilder within =
                tuning.spend(size, AudioCorpus.tsv(recordings).limit(limit));
        layers.apply(within);
        builder.quantize(within.build());
        if (stream.any()) {
            builder.streaming(stream::over);
        }
        decoder.apply(builder, 1);
        return builder;
    }

    /** A tuned model that was saved, and what was measured of it. */
    private record Tuned(TuningReport report, Optional<StreamSettings> stream, ModelInfo info) {}

    private Tuned tune(Quantization.BudgetBuilder size, StopSignal stop) {
        try (QuantSession session = builder(size, stop).build()) {
            QuantReport quantized = session.report()
                    .orElseThrow(() -> new IllegalStateException("the engine gave no report of its quantization"));
            TuningReport report = quantized
                    .tuning()
                    .orElseThrow(() -> new IllegalStateException("the engine gave no report of its tuning"));
            session.save(output);
            if (savedRanges != null) {
                quantized.ranges().save(savedRanges);
            }
            return new Tuned(report, quantized.stream(), session.info());
        }
    }

    private Map<String, @Nullable Object> document(Tuned tuned, List<BudgetPoint> swept) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>(Documents.run(model.name(), tuned.info()));
        map.put("output", output.toString());
        TuningDocuments.addTo(map, tuned.report());
        tuned.stream().ifPresent(settings -> map.put("stream", Documents.stream(settings)));
        if (testFile != null) {
            map.put("pareto", swept.stream().map(TuningDocuments::point).toList());
        }
        return map;
    }

    private Optional<AudioCorpus> testCorpus() {
        Optional<AudioCorpus> test = Optional.ofNullable(testFile).map(AudioCorpus::tsv);
        if (test.isPresent() && !test.get().hasText()) {
            throw new CorpusException(
                    testFile + " without the column text", "the words of each recording", "add the column text");
        }
        return test;
    }

    /**
     * Writes the report. It is also written before the long part, so that a run that is stopped leaves the results so
     * far.
     */
    private List<BudgetPoint> report(Path to, TuningReport report, Optional<AudioCorpus> test, StopSignal stop) {
        TuningFolder target = new TuningFolder(to);
        LayerTimes times = times();
        target.write(report, times, List.of());
        if (test.isEmpty()) {
            return List.of();
        }
        BudgetSweep sweep = new BudgetSweep(test.get(), stop);
        try {
            sweep.run(report, points, size -> builder(Quantization.toBudget(size), stop), target::pareto);
        } finally {
            target.write(report, times, sweep.points());
        }
        return sweep.points();
    }

    private LayerTimes times() {
        try (AcousticModel before =
                        run.builder(model.name()).engine(Engine.NATIVE).acousticModel();
                AcousticModel after =
                        run.builder(output.toString()).engine(Engine.NATIVE).acousticModel()) {
            return LayerTimes.of((Profiled) before, (Profiled) after);
        }
    }

    private void print(Tuned tuned) {
        TuningReport report = tuned.report();
        TextTable table = new TextTable(
                "layer", "type", "weights", tuning.sensitivity().name().toLowerCase(Locale.ROOT), "SQNR dB");
        report.layers()
                .forEach(layer -> table.row(
                        layer.path(),
                        layer.type(),
                        layer.format().toString(),
                        String.format(
                                Locale.ROOT, "%.4g", layer.statistics().values().get(tuning.sensitivity())),
                        Double.isFinite(layer.sqnr()) ? String.format(Locale.ROOT, "%.1f", layer.sqnr()) : "-"));
        out().print(table);
        tuned.stream().ifPresent(settings -> out().println("streams: " + Documents.text(settings)));
        out().printf(
                        Locale.ROOT,
                        "%s: %.2f bits a weight; file %d and memory %d bytes, of %s%n",
                        output,
                        report.meanBits(),
                        report.fileBytes(),
                        report.memoryBytes(),
                        report.budget());
    }
}
