package org.quantvoice.engine.spi;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.engine.Progress;

/** The options with which a session asks an {@link EngineProvider} for a model. */
public interface EngineRequest {

    /** Returns the model's file or folder. */
    Path model();

    /** Returns the number of threads of one run, at least 1. */
    int threads();

    /** Returns the listener to long steps. */
    Progress progress();

    /** Returns the token list (tokens.json) as text, for files that have room for it; empty if the model has none. */
    Optional<String> tokens();
}
