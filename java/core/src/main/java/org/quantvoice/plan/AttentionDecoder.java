package org.quantvoice.plan;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Graph;
import org.quantvoice.stream.DecoderScores;

/** The second pass of a U2 model: the decoders of one or both directions, for any number of threads at once. */
final class AttentionDecoder implements AutoCloseable {
    /** Hypotheses are padded to multiples of this, so that fewer programs are needed; what lies behind an end is masked. */
    private static final int LENGTH_STEP = 8;

    private static final int KEY_BITS = 21;
    private static final long KEY_MASK = (1L << KEY_BITS) - 1;

    private final int sos;
    private final GraphRunner forward;
    private final Optional<GraphRunner> reverse;

    /** @param width of the encoder output */
    AttentionDecoder(StreamingGraphs graphs, int width, int threads) {
        sos = graphs.constants().sos();
        forward = runner(graphs.decoder(), width, threads);
        reverse = graphs.reverse().map(graph -> runner(graph, width, threads));
    }

    private static GraphRunner runner(Graph graph, int width, int threads) {
        return new GraphRunner(
                graph,
                threads,
                key -> List.of(
                        new long[] {key >> 2 * KEY_BITS, key >> KEY_BITS & KEY_MASK},
                        new long[] {key >> 2 * KEY_BITS},
                        new long[] {1, key & KEY_MASK, width}));
    }

    /** As {@link org.quantvoice.stream.StreamingModel#decode}. */
    DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight) {
        int count = hypotheses.size();
        int longest = hypotheses.stream().mapToInt(h -> h.length).max().orElse(0) + 1;
        int length = (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
        float[] tokens = new float[count * length];
        float[] lengths = new float[count];
        for (int i = 0; i < count; i++) {
            int[] hypothesis = hypotheses.get(i);
            tokens[i * length] = sos;
            for (int j = 0; j < hypothesis.length; j++) {
                tokens[i * length + 1 + j] = hypothesis[j];
            }
            lengths[i] = hypothesis.length + 1f;
        }
        long key = ((long) count << KEY_BITS | length) << KEY_BITS | frames;
        float[] scores = forward.run(key, tokens, lengths, encoder);
        float @Nullable [] backward =
                reverseWeight > 0 && reverse.isPresent() ? reverse.get().run(key, tokens, lengths, encoder) : null;
        return new DecoderScores(scores, backward, length, scores.length / (count * length));
    }

    /** Frees everything but the graphs; no run may be under way. */
    @Override
    public void close() {
        forward.close();
        reverse.ifPresent(GraphRunner::close);
    }
}
