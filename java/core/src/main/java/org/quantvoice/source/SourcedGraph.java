package org.quantvoice.source;

import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.Graph;

/**
 * A graph, and results of the format's own runtime for the model, with which the results of the graph can be
 * compared.
 *
 * @param graph the model's {@code forward}
 * @param trials runs of other arithmetic than the graph's; empty if there is none
 * @param rounded whether that arithmetic rounds more than float32 does, as that of half or int8 weights
 * @param part what is compared besides or instead of the whole, if runs of the whole take too long
 */
public record SourcedGraph(Graph graph, List<Trial> trials, boolean rounded, Optional<Part> part) {
    public SourcedGraph {
        trials = List.copyOf(trials);
    }

    /** A graph that is compared as a whole. */
    public SourcedGraph(Graph graph, List<Trial> trials, boolean rounded) {
        this(graph, trials, rounded, Optional.empty());
    }

    /** Returns whether there is anything to compare with. */
    public boolean isComparable() {
        return !trials.isEmpty() || part.isPresent();
    }

    /**
     * A part of the model that stands for the whole.
     *
     * @param graph with each kind of block of the whole graph once; its constants are those of the whole, which closes them
     * @param trials runs of it, at least one
     */
    public record Part(Graph graph, List<Trial> trials) {
        public Part {
            trials = List.copyOf(trials);
        }
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
