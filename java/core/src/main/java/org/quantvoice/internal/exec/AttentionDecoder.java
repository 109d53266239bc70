package org.quantvoice.internal.exec;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.live.DecoderScores;
import org.quantvoice.source.StreamingGraphs;

/** The second pass of a U2 model: runs the decoders of one or both directions, for any number of threads at once. */
public final class AttentionDecoder implements AutoCloseable {
    private final int sos;
    private final GraphRunner forward;
    private final Optional<GraphRunner> reverse;

    /** @param width of the encoder output */
    AttentionDecoder(StreamingGraphs graphs, int width, StreamSource source) {
        sos = graphs.constants().sos();
        forward = runner(graphs.decoder(), width, source, "decoder");
        reverse = graphs.reverse().map(graph -> runner(graph, width, source, "reverse"));
    }

    private static GraphRunner runner(Graph graph, int width, StreamSource source, String name) {
        return new GraphRunner(graph, source.threads(), source.part(name), key -> DecoderInput.shapes(key, width));
    }

    /** Scores hypotheses as {@link org.quantvoice.internal.live.StreamingModel#decode} specifies. */
    DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight) {
        DecoderInput input = DecoderInput.of(hypotheses, sos);
        float[] scores = run(forward, input, encoder, frames);
        float @Nullable [] backward =
                reverseWeight > 0 && reverse.isPresent() ? run(reverse.get(), input, encoder, frames) : null;
        return new DecoderScores(scores, backward, input.length(), scores.length / (input.count() * input.length()));
    }

    private static float[] run(GraphRunner runner, DecoderInput input, float[] encoder, int frames) {
        return runner.run(input.key(frames), input.tokens(), input.lengths(), encoder);
    }

    /** Returns the steps of a second pass with the left-to-right decoder, with their times. */
    PlanListing profile(List<int[]> hypotheses, float[] encoder, int frames, int repeats) {
        DecoderInput input = DecoderInput.of(hypotheses, sos);
        return forward.profile(repeats, input.key(frames), input.tokens(), input.lengths(), encoder);
    }

    /** Native memory of the weights that were packed so far. */
    long weightBytes() {
        return forward.weightBytes() + reverse.map(GraphRunner::weightBytes).orElse(0L);
    }

    /** Waits until all weights that programs asked for are packed. */
    void awaitWeights() {
        forward.awaitWeights();
        reverse.ifPresent(GraphRunner::awaitWeights);
    }

    /** Frees everything but the graphs; no run may be under way. */
    @Override
    public void close() {
        forward.close();
        reverse.ifPresent(GraphRunner::close);
    }
}
