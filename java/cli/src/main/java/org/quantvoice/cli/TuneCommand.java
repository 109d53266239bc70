package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Engine;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.TuningReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qv tune}. */
@Command(
        name = "tune",
        description = "Fits a model into a number of bytes, for a user: more bits for the layers that need them.",
        footer = {
            "",
            "The recordings need no texts. Neither the file nor the weights in memory take more than the",
            "budget. See docs/mixed-precision.md."
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

    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            required = true,
            order = 2,
            description = "For instance 75MB, 700KiB, or a number of bytes.")
    private String budget = "";

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

    @Mixin
    private TuneOptions tuning;

    @Mixin
    private ModelOption model;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() {
        if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".qv")) {
            throw usage("got the output " + output + "; expected a name that ends in .qv");
        }
        QuantSessionBuilder builder =
                run.builder(model.name()).engine(Engine.NATIVE).progress(progress());
        tuning.apply(
                builder, DataSize.parse(budget), AudioCorpus.tsv(recordings).limit(limit));
        try (QuantSession session = builder.build()) {
            session.save(output);
            TuningReport report = session.report()
                    .flatMap(QuantReport::tuning)
                    .orElseThrow(() -> new IllegalStateException("the engine gave no report of its tuning"));
            if (json()) {
                Map<String, @Nullable Object> map = new LinkedHashMap<>(Documents.run(model.name(), session.info()));
                map.put("output", output.toString());
                TuningDocuments.addTo(map, report);
                printJson(map);
            } else {
                print(report);
            }
        }
        return QuantVoice.OK;
    }

    private void print(TuningReport report) {
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
        out().printf(
                        Locale.ROOT,
                        "%s: %.2f bits a weight; file %d and memory %d of %d bytes%n",
                        output,
                        report.meanBits(),
                        report.fileBytes(),
                        report.memoryBytes(),
                        report.tuning().budget().bytes());
    }
}
