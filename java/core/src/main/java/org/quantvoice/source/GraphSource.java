package org.quantvoice.source;

import java.nio.file.Path;
import org.quantvoice.graph.Graph;

/** Reads models of another format as graphs; found with {@link java.util.ServiceLoader}. Stateless and thread-safe. */
public interface GraphSource {

    /** Whether a file is of this format, judged by its first bytes. */
    boolean reads(Path model);

    /**
     * The graph of the model's {@code forward} on one waveform.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file is damaged
     * @throws org.quantvoice.error.UnsupportedOperatorException if a graph cannot express the model
     */
    Graph read(Path model);
}
