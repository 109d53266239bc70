package org.quantvoice.engine;

import java.nio.file.Path;
import java.util.List;

/** Makes models run; found with {@link java.util.ServiceLoader}. Implementations are stateless and thread-safe. */
public interface EngineProvider {

    Engine engine();

    /** Whether this engine reads such a file at all, judged by its first bytes; does not promise that the file is sound. */
    boolean reads(Path model);

    /**
     * Loads a model, quantizes it if the request has a recipe, and makes it ready to run.
     *
     * @throws org.quantvoice.error.QuantVoiceException if the file, the recipe or the platform does not allow it
     */
    AcousticModel open(ModelRequest request);

    /** The modules of a model, parents before children. */
    List<ModuleInfo> modules(Path model);
}
