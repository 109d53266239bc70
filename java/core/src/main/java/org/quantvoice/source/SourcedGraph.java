package org.quantvoice.source;

import java.util.List;
import org.quantvoice.graph.Graph;

/**
 * A graph, and results of the format's own runtime for the model, with which the results of the graph can be
 * compared.
 *
 * @param graph the model's {@code forward}
 * @param trials runs of the format's own runtime; empty if there is none
 * @param rounded whether that runtime rounds more than float32 does, as with half or int8 weights
 */
public record SourcedGraph(Graph graph, List<Trial> trials, boolean rounded) {
    public SourcedGraph {
        trials = List.copyOf(trials);
    }

    /**
     * One run of the format's own runtime.
     *
     * @param samples of a waveform {@code [1, samples]}
     * @param output elements of the first output
     * @param shape of the output
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Trial(float[] samples, float[] output, long... shape) {}
}
