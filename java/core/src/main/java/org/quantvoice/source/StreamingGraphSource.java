package org.quantvoice.source;

import java.nio.file.Path;
import java.util.Optional;

/** Reads U2 models of another format as graphs; found with {@link java.util.ServiceLoader}. Stateless and thread-safe. */
public interface StreamingGraphSource {

    /**
     * Returns the graphs of a model.
     *
     * @return empty if the model is of another format, or has none of the methods of a streaming model
     * @throws org.quantvoice.error.UnsupportedOperatorException if it lacks some of the methods, or a graph cannot
     *     express it
     */
    Optional<StreamingGraphs> read(Path model);
}
