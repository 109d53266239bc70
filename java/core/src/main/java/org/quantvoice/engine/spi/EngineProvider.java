package org.quantvoice.engine.spi;

import java.nio.file.Path;
import java.util.List;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;

/**
 * Opens models in an engine; providers are found with {@link java.util.ServiceLoader}. Implementations are stateless
 * and safe for several threads. They run models without changing them: a session that asks for quantization, or for
 * an option of one of QuantVoice's own engines, is refused before the provider is asked.
 */
public interface EngineProvider {

    /** Returns the engine, by whose name {@code QuantSessionBuilder.engine} chooses the provider. */
    Engine engine();

    /**
     * Returns the rank among the engines that read a file: the engine with the lowest rank is used, unless one is
     * chosen by name. The native engine has rank 0, LIBTORCH 100; of engines with equal ranks the first by name is
     * used.
     */
    int rank();

    /**
     * Returns whether this engine reads files of the model's format, judged by the first bytes; the file may still be
     * damaged.
     */
    boolean reads(Path model);

    /**
     * Loads a model and makes it ready to run.
     *
     * @throws org.quantvoice.error.UnsupportedOperatorException if the model has an operator that this engine does
     *     not know; the session then tries the engine of the next rank
     * @throws org.quantvoice.error.QuantVoiceException if the file or the platform does not allow it
     */
    AcousticModel open(EngineRequest request);

    /** Returns the modules of a model, parents before children. */
    List<ModuleInfo> modules(Path model);
}
