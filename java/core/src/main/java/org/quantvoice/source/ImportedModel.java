package org.quantvoice.source;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;

/**
 * A model of another format that is open: all that is asked of one file comes from one reading of it. Its owner is {@link
 * OpenModel}, which keeps the graphs that it gives. For one thread at a time.
 */
public interface ImportedModel extends AutoCloseable {

    /**
     * The token list that the model brings with it, as the text of a {@code tokens.json}; empty if it brings none.
     *
     * @throws org.quantvoice.error.ModelFormatException if the list is damaged or does not fit the model
     */
    default Optional<String> tokens() {
        return Optional.empty();
    }

    /**
     * The graphs of a streaming model, which the caller closes; they outlive this model.
     *
     * @return empty if it has none of the methods of a streaming model
     * @throws UnsupportedOperatorException if it lacks some of them, or a graph cannot express it
     */
    default Optional<StreamingGraphs> streaming() {
        return Optional.empty();
    }

    /**
     * Returns the graph of {@code forward} on one waveform {@code [1, samples]}, which the caller closes; it outlives this model.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file is damaged
     * @throws UnsupportedOperatorException if a graph cannot express the model
     */
    Graph graph();

    /**
     * Returns a length in samples for which {@link #graph(long)} gives a graph, of a model that {@link #graph()} refuses; empty if none is
     * known, because the model has what no graph expresses at any length.
     */
    default OptionalLong knownLength() {
        return OptionalLong.empty();
    }

    /**
     * Returns the graph of {@code forward} on one waveform {@code [1, samples]} of this very length: what follows from the length is a
     * number in it. The caller closes it. Parameters are not copied for it, but belong to this model, which stays open meanwhile.
     *
     * @throws org.quantvoice.error.ModelFormatException if sizes do not fit at this length
     * @throws UnsupportedOperatorException if there is none for this length
     */
    default Graph graph(long samples) {
        throw new UnsupportedOperatorException(
                "an import for " + samples + " samples alone, of a format whose graphs are for all lengths",
                "a TorchScript model",
                "import the model for all lengths");
    }

    /**
     * The graph together with runs to compare an engine with: of the format's own runtime if there is one, else of the reference
     * interpreter.
     *
     * @param graph what {@link #graph()} gave, or {@link #graph(long)}
     * @param inputs waveforms, the shortest first, of which those are run that the model takes
     * @param compare whether runs are wanted to compare with, and not only to tell what the model's output means
     */
    SourcedGraph trials(Graph graph, List<float[]> inputs, boolean compare);

    /** Returns what differentiates the model; empty if nothing does. It can be used until this model is closed. */
    default Optional<Gradients> gradients() {
        return Optional.empty();
    }

    /** Returns what differentiates a streaming model; empty if nothing does. It can be used until this model is closed. */
    default Optional<StreamingGradients> streamingGradients() {
        return Optional.empty();
    }

    /** Lets go of the file and of what was read from it; graphs that were given out stay. */
    @Override
    void close();
}
