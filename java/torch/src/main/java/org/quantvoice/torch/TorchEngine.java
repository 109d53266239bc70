package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.EngineProvider;
import org.quantvoice.engine.ModelRequest;
import org.quantvoice.engine.ModuleInfo;

/** Runs TorchScript models on libtorch; found by {@link java.util.ServiceLoader}. */
public final class TorchEngine implements EngineProvider {
    @Override
    public Engine engine() {
        return Engine.LIBTORCH;
    }

    @Override
    public boolean reads(Path model) {
        return ScriptArchive.looksLikeZip(model);
    }

    @Override
    public AcousticModel open(ModelRequest request) {
        ScriptArchive archive = ScriptArchive.check(request.model());
        Libtorch.load();
        request.backend().ifPresent(QuantizedEngine::require);
        ScriptModule module = ScriptModule.load(archive.path(), request.backend());
        return new TorchModel(module, request.backend(), request.threads(), archive.bytes(), Optional.empty());
    }

    @Override
    public List<ModuleInfo> modules(Path model) {
        ScriptArchive archive = ScriptArchive.check(model);
        Libtorch.load();
        Optional<Backend> backend = Optional.empty();
        try (ScriptModule module = ScriptModule.load(archive.path(), backend);
                TorchCall call = new TorchCall()) {
            return Libtorch.call(() -> new ModuleTree(module.module()).describe());
        }
    }
}
