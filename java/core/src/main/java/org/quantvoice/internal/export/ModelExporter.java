package org.quantvoice.internal.export;

import java.nio.file.Path;
import java.util.List;

/** Writes models in one format; found with {@link java.util.ServiceLoader}. Stateless and thread-safe. */
public interface ModelExporter {

    /** Name of the format, lower case, which is the ending of its files too: {@code onnx}. */
    String format();

    /**
     * Writes a model of one graph, atomically.
     *
     * @throws org.quantvoice.error.UnsupportedOperatorException if the format cannot express it, or it has several graphs
     * @throws org.quantvoice.error.OutputException if the file cannot be written; an old one stays whole
     */
    void write(ExportRequest request, Path file);

    /**
     * Writes the parts of a model, each atomically, into a folder, which is made if need be: encoder and CTC head of a CTC
     * model; encoder, CTC head and decoder of a streaming model.
     *
     * @return the files
     * @throws org.quantvoice.error.UnsupportedOperatorException if the format cannot express it
     * @throws org.quantvoice.error.OutputException if a file cannot be written; an old one stays whole
     */
    List<Path> writeParts(ExportRequest request, Path folder);
}
