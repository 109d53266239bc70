package org.quantvoice.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;

/** Reads models of another format as graphs; found with {@link java.util.ServiceLoader}. Stateless and thread-safe. */
public interface GraphSource {

    /** Returns whether a file or a folder is of this format, judged by its first bytes or the files in it. */
    boolean reads(Path model);

    /**
     * Returns the graph of the model's {@code forward} on one waveform.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file is damaged
     * @throws org.quantvoice.error.UnsupportedOperatorException if a graph cannot express the model
     */
    Graph read(Path model);

    /**
     * Returns the token list that belongs to the model's files, as the text of a {@code tokens.json}; empty if there
     * is none.
     *
     * @throws org.quantvoice.error.ModelFormatException if the list is damaged or does not fit the model
     */
    default Optional<String> tokens(Path model) {
        return Optional.empty();
    }

    /**
     * Returns a source that reads models whose files do not name their front end with the front end of a caller.
     *
     * @throws UnsupportedOperatorException if models of this format contain their front end
     */
    default GraphSource withFrontEnd(FrontEndChoice frontEnd) {
        throw new UnsupportedOperatorException(
                "the front end '" + frontEnd + "' for a file that computes its own features",
                "an ONNX file or a folder of Hugging Face's transformers",
                "leave the front end out; export a TorchScript model that takes features to ONNX");
    }

    /**
     * Reads the graph, and runs the format's own runtime for comparison.
     *
     * @param inputs waveforms; the runtime runs those that the model takes
     */
    default SourcedGraph readWithTrials(Path model, List<float[]> inputs) {
        return new SourcedGraph(read(model), List.of(), false);
    }
}
