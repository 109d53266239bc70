package org.quantvoice.source;

import java.util.List;
import org.quantvoice.graph.Graph;

/**
 * A graph, and what the format's own runtime computes with the model: whoever runs the graph compares with it.
 *
 * @param graph the model's {@code forward}
 * @param trials runs of other arithmetic than the graph's; empty if there is none
 * @param rounded whether that arithmetic rounds more than float32 does, as that of half or int8 weights
 */
public record SourcedGraph(Graph graph, List<Trial> trials, boolean rounded) {
    public SourcedGraph {
        trials = List.copyOf(trials);
    }

    /**
     * One run.
     *
     * @param samples of a waveform {@code [1, samples]}
     * @param output elements of the first output
     * @param shape of the output
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Trial(float[] samples, float[] output, long... shape) {}
}
