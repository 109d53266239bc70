package org.quantvoice.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quantvoice.ModelFile;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.terminal.Noise;
import org.quantvoice.cli.terminal.TextTable;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.internal.exec.PlanListing;
import org.quantvoice.internal.exec.Profiled;
import org.quantvoice.quant.StreamSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv inspect}. */
@Command(
        name = "inspect",
        description = "Shows the modules of a model and how each can be quantized.",
        sortOptions = false)
final class InspectCommand extends Subcommand {
    private static final int RATE = 16_000;
    private static final double MOST_SECONDS = 3600;
    private static final int PROFILE_RUNS = 5;

    @Parameters(paramLabel = "MODEL", description = "A model file, or the name of an embedded model.")
    private String model = "";

    @Option(
            names = "--plan",
            description = "Show the fused steps of the native engine instead, with their times on noise.")
    private boolean plan;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "Length of the noise for --plan. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() {
        return plan ? showPlan() : showModules();
    }

    private Integer showPlan() {
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw usage("got --seconds " + seconds + "; expected more than 0, at most " + MOST_SECONDS);
        }
        try (AcousticModel opened =
                run.builder(model).engine(Engine.NATIVE).fallback(false).acousticModel()) {
            Map<String, PlanListing> parts =
                    ((Profiled) opened).profiles(Noise.of((int) Math.max(1, seconds * RATE)), PROFILE_RUNS);
            if (json()) {
                printJson(Documents.plans(model, parts));
            } else {
                parts.forEach((part, listing) -> out().print(part + ":\n" + listing.print()));
            }
        }
        return QuantVoice.OK;
    }

    /** Returns the mark that says whether a method can quantize a layer in a module. */
    private static String mark(ModuleInfo module, String method) {
        return module.quantizable().contains(method) ? "yes" : "-";
    }

    private Integer showModules() {
        List<ModuleInfo> modules = ModelFile.named(model).modules();
        Optional<StreamSettings> stream = run.streamSettings(model);
        if (json()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("model", model);
            map.put("parameters", modules.isEmpty() ? 0 : modules.get(0).parameters());
            map.put("bytes", modules.isEmpty() ? 0 : modules.get(0).bytes());
            map.put("provenance", ModelFile.named(model).provenance());
            stream.ifPresent(settings -> map.put("stream", Documents.stream(settings)));
            map.put("modules", modules.stream().map(Documents::module).toList());
            printJson(map);
        } else {
            TextTable table =
                    new TextTable("module", "type", "weight", "parameters", "bytes", "static", "dynamic", "float16");
            modules.forEach(m -> table.row(
                    m.path().isEmpty() ? "(model)" : m.path(),
                    m.type(),
                    m.weightShape().stream().map(String::valueOf).collect(Collectors.joining("x")),
                    String.valueOf(m.parameters()),
                    String.valueOf(m.bytes()),
                    mark(m, "static"),
                    mark(m, "dynamic"),
                    mark(m, "float16")));
            out().print(table);
            stream.ifPresent(settings -> out().println("streams: " + Documents.text(settings)));
            ModelFile.named(model).provenance().forEach((fact, value) -> out().println(fact + ": " + value));
        }
        return QuantVoice.OK;
    }
}
