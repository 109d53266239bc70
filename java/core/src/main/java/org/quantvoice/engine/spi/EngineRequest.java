package org.quantvoice.engine.spi;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.engine.Progress;

/** What is asked of an {@link EngineProvider}; made by the session. */
public interface EngineRequest {

    /** The file, or the folder. */
    Path model();

    /** Threads of one run, at least 1. */
    int threads();

    /** To be told of long steps. */
    Progress progress();

    /** The token list (tokens.json) as text, for files that have room for it; empty if the model has none. */
    Optional<String> tokens();
}
