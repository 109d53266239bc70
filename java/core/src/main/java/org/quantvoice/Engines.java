package org.quantvoice;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.EngineException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.engine.QuantizingEngine;
import org.quantvoice.internal.engine.Services;
import org.quantvoice.source.ImportingEngine;
import org.quantvoice.source.OpenModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engines on the class path, the preferred one first. */
record Engines(List<EngineProvider> providers) {
    private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

    Engines {
        providers = providers.stream()
                .sorted(Comparator.comparingInt(EngineProvider::rank)
                        .thenComparing(p -> p.engine().name()))
                .toList();
    }

    static Engines installed() {
        return new Engines(Services.installed(EngineProvider.class));
    }

    /**
     * Returns the provider that will open a model: the wanted engine's, or else the first one that reads the file.
     */
    EngineProvider choose(Path model, Optional<Engine> wanted) {
        return wanted.map(engine -> named(engine, model)).orElseGet(() -> providers.stream()
                .filter(p -> p.reads(model))
                .findFirst()
                .orElseThrow(() -> unknown(model)));
    }

    /**
     * Returns the modules of a model, from the last engine that reads it: because libtorch knows the whole tree of a
     * TorchScript file.
     */
    List<ModuleInfo> modules(Path model) {
        return providers.stream()
                .filter(p -> p.reads(model))
                .reduce((first, second) -> second)
                .orElseThrow(() -> unknown(model))
                .modules(model);
    }

    /** The modules of a model, as the engine lists them that will open it. */
    List<ModuleInfo> modules(OpenModel opened, Optional<Engine> wanted) {
        EngineProvider chosen = choose(opened.file(), wanted);
        return chosen instanceof ImportingEngine importing ? importing.modules(opened) : chosen.modules(opened.file());
    }

    private EngineProvider named(Engine engine, Path model) {
        EngineProvider provider = providers.stream()
                .filter(p -> p.engine().equals(engine))
                .findFirst()
                .orElseThrow(() -> absent(engine));
        if (!provider.reads(model)) {
            throw unknown(model);
        }
        return provider;
    }

    /**
     * Opens a model.
     *
     * @param opened the file of the request, which is read once by all engines that import it
     * @param fallback whether another engine may run a model that the chosen one does not know; one warning says so.
     *     This never applies to a budget, which only the native engine can meet
     */
    AcousticModel open(ModelRequest request, OpenModel opened, Optional<Engine> wanted, boolean fallback) {
        EngineProvider chosen = choose(request.model(), wanted);
        try {
            return open(chosen, request, opened);
        } catch (UnsupportedOperatorException e) {
            Optional<EngineProvider> next = providers.stream()
                    .filter(p -> p.rank() > chosen.rank() && p.reads(request.model()))
                    .findFirst();
            if (!fallback || next.isEmpty() || request.tuning().isPresent()) {
                throw e;
            }
            LOG.warn("engine {} instead of {}: {}", next.get().engine(), chosen.engine(), e.getMessage());
            return open(next.get(), request, opened);
        }
    }

    private static AcousticModel open(EngineProvider provider, ModelRequest request, OpenModel opened) {
        if (provider instanceof ImportingEngine importing) {
            return importing.open(request, opened);
        }
        if (!(provider instanceof QuantizingEngine) && request.extras().isPresent()) {
            throw new UnsupportedOperatorException(
                    request.extras().get() + " and the engine " + provider.engine(),
                    "an engine of QuantVoice, NATIVE or LIBTORCH: engines of others run models as they are",
                    "choose NATIVE (--engine NATIVE), or leave these options out");
        }
        return provider.open(request);
    }

    /**
     * Opens a model that another engine runs already, to write it in this engine's format.
     *
     * @throws UnsupportedOperatorException if the engine does not read the file
     */
    AcousticModel reopen(ModelRequest request, Engine engine) {
        EngineProvider provider = providers.stream()
                .filter(p -> p.engine().equals(engine))
                .findFirst()
                .orElseThrow(() -> absent(engine));
        if (!provider.reads(request.model())) {
            throw new UnsupportedOperatorException(
                    request.model() + " for engine " + engine + ", which does not read such files",
                    "the TorchScript file that it was made of",
                    "export from the .pt file, with the same recipe");
        }
        try (OpenModel opened = OpenModel.of(request.model())) {
            return open(provider, request, opened);
        }
    }

    private EngineException absent(Engine engine) {
        return new EngineException(
                "engine " + engine + ", which is not on the class path",
                names(),
                engine.equals(Engine.LIBTORCH)
                        ? "add the artifact quantvoice-torch"
                        : "choose an engine that is there");
    }

    private ModelFormatException unknown(Path model) {
        Optional<ForeignFile> kind = ForeignFile.of(model);
        return new ModelFormatException(
                model + kind.map(k -> ", " + k.kind()).orElse("") + ", which no chosen engine reads",
                "a .qv file, a TorchScript file (.pt), an ONNX file or a folder of Hugging Face's transformers, for "
                        + names(),
                kind.map(ForeignFile::cure).orElse("pass a model saved by torch.jit.save, or exported as ONNX"));
    }

    private String names() {
        return providers.isEmpty()
                ? "an engine on the class path (there is none)"
                : providers.stream().map(p -> p.engine().name()).collect(Collectors.joining(" or "));
    }
}
