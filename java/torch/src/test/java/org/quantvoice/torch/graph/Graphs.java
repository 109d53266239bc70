package org.quantvoice.torch.graph;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ScriptModule;

/** Graphs of files that tests want for themselves, which the caller closes. */
final class Graphs {
    private Graphs() {}

    static Graph importFrom(Path model) {
        try (ScriptModule module = load(model)) {
            return GraphImporter.importFrom(module.module());
        }
    }

    static Graph importMethod(Path model, String method, List<InputSpec> arguments) {
        try (ScriptModule module = load(model)) {
            return GraphImporter.importMethod(module.module(), method, arguments);
        }
    }

    private static ScriptModule load(Path model) {
        ScriptArchive.check(model);
        Libtorch.load();
        return ScriptModule.load(model, Optional.empty());
    }
}
