package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.option.StreamSettingsOptions;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.TextTable;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.QuantReport.Method;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv quantize}. */
@Command(
        name = "quantize",
        description = "Makes a model int8 and saves it.",
        footer = {
            "",
            "Without names: dynamic int8 for every layer that can take it, and static int8 for",
            "convolutions if there is calibration audio. The token list is written beside the output."
        },
        sortOptions = false)
final class QuantizeCommand extends Subcommand {
    @Parameters(paramLabel = "MODEL", description = "A model file, or the name of an embedded model.")
    private String model = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            order = 1,
            description = "Where to save: .pt (TorchScript) or .qv.")
    private Path output = Path.of("");

    @Option(
            names = "--save-ranges",
            paramLabel = "JSON",
            order = 28,
            description = "Write the ranges of static layers, for --ranges.")
    private @Nullable Path savedRanges;

    @Mixin
    private RunOptions run;

    @Mixin
    private QuantOptions quant;

    @Mixin
    private StreamSettingsOptions stream;

    @Override
    public Integer call() {
        try (StopSignal stop = new StopSignal()) {
            quantize(stop);
        }
        return QuantVoice.OK;
    }

    private void quantize(StopSignal stop) {
        if (savedRanges != null && quant.movesScales()) {
            throw usage(
                    "got --save-ranges with --calibration smooth; expected a calibration that leaves the model's weights"
                            + " as they are, for which ranges could serve again");
        }
        AtomicFile.prepare(output);
        QuantSessionBuilder builder = run.builder(model).progress(stop.checking(progress()));
        builder.engine(engineOf(output)).fallback(false); // no fallback, because another engine writes another format
        builder.quantize(quant.recipe().build());
        if (stream.any()) {
            builder.streaming(stream::over);
        }
        if (!stream.any() && !builder.hasTokens()) {
            try (AcousticModel opened = builder.acousticModel()) {
                opened.save(output);
                report(opened.info(), opened.report());
            }
            return;
        }
        try (QuantSession session = builder.build()) {
            session.save(output);
            report(session.info(), session.report());
        }
    }

    private void report(ModelInfo info, Optional<QuantReport> made) {
        QuantReport report =
                made.orElseThrow(() -> new IllegalStateException("the engine gave no report of its quantization"));
        if (savedRanges != null) {
            report.ranges().save(savedRanges);
        }
        if (json()) {
            printJson(document(info, report));
        } else {
            print(report);
        }
    }

    private Engine engineOf(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".pt")) {
            return Engine.LIBTORCH;
        }
        if (name.endsWith(".qv")) {
            return Engine.NATIVE;
        }
        throw usage("got the output " + file + "; expected a name that ends in .pt or .qv");
    }

    private Map<String, @Nullable Object> document(ModelInfo info, QuantReport report) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>(Documents.run(model, info));
        map.put("output", output.toString());
        map.put("bytesBefore", report.bytesBefore());
        map.put("bytesAfter", report.bytesAfter());
        map.put("layers", report.layers().stream().map(Documents::layer).toList());
        report.stream().ifPresent(settings -> map.put("stream", Documents.stream(settings)));
        return map;
    }

    private void print(QuantReport report) {
        TextTable table = new TextTable("layer", "type", "method", "SQNR dB", "worst frame");
        report.layers()
                .forEach(layer -> table.row(
                        layer.path(),
                        layer.type(),
                        layer.method().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        decibels(layer.meanSqnr()),
                        decibels(layer.worstFrameSqnr())));
        out().print(table);
        report.keptFloat().forEach(layer -> out().println("kept float: " + layer.path() + ": " + layer.note()));
        report.stream().ifPresent(settings -> out().println("streams: " + Documents.text(settings)));
        out().printf(
                        Locale.ROOT,
                        "%s: %d static, %d dynamic, %d kept float; %.2f MB -> %.2f MB%n",
                        output,
                        count(report, Method.STATIC),
                        count(report, Method.DYNAMIC),
                        count(report, Method.KEPT_FLOAT),
                        report.bytesBefore() / 1e6,
                        report.bytesAfter() / 1e6);
    }

    private static long count(QuantReport report, Method method) {
        return report.layers().stream().filter(l -> l.method() == method).count();
    }

    private static String decibels(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
    }
}
