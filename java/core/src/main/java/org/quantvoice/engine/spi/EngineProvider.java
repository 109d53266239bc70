package org.quantvoice.engine.spi;

import java.nio.file.Path;
import java.util.List;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;

/**
 * Makes models run; found with {@link java.util.ServiceLoader}. Implementations are stateless and safe for several threads.
 * They run models as they are: a session that asks for quantization, or for an option of one of QuantVoice's own engines, is
 * refused before the provider is asked.
 */
public interface EngineProvider {

    /** Its name, by which {@code QuantSessionBuilder.engine} chooses it. */
    Engine engine();

    /**
     * Its place among the engines that read a file: the one of the lowest rank is taken, unless one is chosen by name. The
     * native engine has rank 0, LIBTORCH 100; of equal ranks the first by name.
     */
    int rank();

    /** Whether this engine reads such a file at all, judged by its first bytes; does not promise that the file is sound. */
    boolean reads(Path model);

    /**
     * Loads a model and makes it ready to run.
     *
     * @throws org.quantvoice.error.UnsupportedOperatorException if the model holds what this engine does not know; the session
     *     then tries the engine of the next rank
     * @throws org.quantvoice.error.QuantVoiceException if the file or the platform does not allow it
     */
    AcousticModel open(EngineRequest request);

    /** The modules of a model, parents before children. */
    List<ModuleInfo> modules(Path model);
}
