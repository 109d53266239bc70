package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.engine.Backend;
import org.quantvoice.graph.Graph;
import org.quantvoice.source.GraphSource;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptArchive;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;

/** TorchScript files as graphs, float ones and those that PyTorch or this project quantized. */
public final class TorchGraphSource implements GraphSource {
    @Override
    public boolean reads(Path model) {
        return ScriptArchive.looksLikeZip(model);
    }

    @Override
    public Graph read(Path model) {
        ScriptArchive archive = ScriptArchive.check(model);
        Libtorch.load();
        // any backend will do: weights are packed while the file loads, and unpacked again to what they were
        Optional<Backend> backend = archive.int8() ? Optional.of(QuantizedEngine.preferred()) : Optional.empty();
        try (ScriptModule module = ScriptModule.load(model, backend);
                QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            return Libtorch.call(() -> GraphImporter.importFrom(module.module()));
        }
    }
}
