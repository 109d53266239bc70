package org.quantvoice.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.ModuleInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qv inspect}. */
@Command(
        name = "inspect",
        description = "Shows the modules of a model and how each can be quantized.",
        sortOptions = false)
final class InspectCommand extends Subcommand {
    @Parameters(paramLabel = "MODEL", description = "A model file, or the name of an embedded model.")
    private String model = "";

    @Override
    public Integer call() {
        List<ModuleInfo> modules = QuantSession.inspect(model);
        if (json()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("model", model);
            map.put("parameters", modules.isEmpty() ? 0 : modules.get(0).parameters());
            map.put("bytes", modules.isEmpty() ? 0 : modules.get(0).bytes());
            map.put("modules", modules.stream().map(Documents::module).toList());
            printJson(map);
        } else {
            TextTable table = new TextTable("module", "type", "weight", "parameters", "bytes", "int8");
            modules.forEach(m -> table.row(
                    m.path().isEmpty() ? "(model)" : m.path(),
                    m.type(),
                    m.weightShape().stream().map(String::valueOf).collect(Collectors.joining("x")),
                    String.valueOf(m.parameters()),
                    String.valueOf(m.bytes()),
                    String.join(", ", m.quantizable())));
            out().print(table);
        }
        return QuantVoice.OK;
    }
}
