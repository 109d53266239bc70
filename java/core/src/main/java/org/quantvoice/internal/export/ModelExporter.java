package org.quantvoice.internal.export;

import java.nio.file.Path;
import java.util.List;

/** Writes models in one format; found with {@link java.util.ServiceLoader}. Stateless and thread-safe. */
public interface ModelExporter {

    /** Returns the name of the format in lower case, which is also the suffix of its files: {@code onnx}. */
    String format();

    /**
     * Writes a model of one graph, atomically.
     *
     * @throws org.quantvoice.error.UnsupportedOperatorException if the format cannot express it, or it has several
     *     graphs
     * @throws org.quantvoice.error.OutputException if the file cannot be written; an old one stays unchanged
     */
    void write(ExportRequest request, Path file);

    /**
     * Writes the parts of a model, each atomically, into a folder, which is made if it is missing: encoder and CTC
     * head of a CTC model; encoder, CTC head and decoder of a streaming model.
     *
     * @return the files
     * @throws org.quantvoice.error.UnsupportedOperatorException if the format cannot express it
     * @throws org.quantvoice.error.OutputException if a file cannot be written; an old one stays unchanged
     */
    List<Path> writeParts(ExportRequest request, Path folder);
}
