package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.GraphProbe;
import org.quantvoice.internal.program.Strided;
import org.quantvoice.source.StreamingGraphs;

/**
 * Runs the graphs of a streaming model for calibration: the encoder chunk by chunk, the CTC layer over all its
 * frames, and the attention decoders over the hypotheses of the CTC layer.
 */
public final class StreamCalibration implements AutoCloseable {
    /** WeNet's blank token; with another token here the calibration's hypotheses would only be longer. */
    private static final int BLANK = 0;

    private final StreamingGraphs graphs;
    private final ChunkCalibration chunks;
    private final GraphProbe ctc;
    private final List<GraphProbe> decoders = new ArrayList<>();
    /** Encoder outputs by recording, which are smaller than the recordings; each part asks for them more than once. */
    private final Map<float[], float[]> memories = new IdentityHashMap<>();

    StreamCalibration(StreamingGraphs graphs) {
        this.graphs = graphs;
        chunks = new ChunkCalibration(graphs.next(), graphs.constants());
        ctc = new GraphProbe(graphs.ctc());
    }

    PieceRun encoder() {
        return chunks;
    }

    PieceRun ctc() {
        return new Utterances(graphs.ctc(), ctc, false);
    }

    /** @param graph of one direction */
    PieceRun decoder(Graph graph) {
        GraphProbe probe = new GraphProbe(graph);
        decoders.add(probe);
        return new Utterances(graph, probe, true);
    }

    /** The runs of all parts, in the order of {@link StreamingGraphs#all()}. */
    List<PieceRun> all() {
        List<PieceRun> runs = new ArrayList<>(List.of(encoder(), ctc(), decoder(graphs.decoder())));
        graphs.reverse().ifPresent(graph -> runs.add(decoder(graph)));
        return runs;
    }

    /** Runs a part on the encoder's output of whole utterances. */
    private final class Utterances implements PieceRun {
        private final Graph graph;
        private final GraphProbe probe;
        private final boolean decodes;

        Utterances(Graph graph, GraphProbe probe, boolean decodes) {
            this.graph = graph;
            this.probe = probe;
            this.decodes = decodes;
        }

        @Override
        public List<Map<Value, LayerInput>> pieces(float[] samples, Set<Value> taps) {
            float[] memory = memory(samples);
            if (memory.length == 0) {
                return List.of();
            }
            float[] tokens = decodes ? tokens(memory) : new float[0];
            List<long[]> shapes = shapes(tokens.length, memory.length / width());
            float[][] inputs = decodes ? new float[][] {tokens, {tokens.length}, memory} : new float[][] {memory};
            Map<Value, float[]> seen = probe.run(shapes, Map.of(), taps, inputs).taps();
            return List.of(PieceRun.shaped(seen, graph.sizes(shapes, Map.of())));
        }

        /** Counts a token a frame. */
        @Override
        public long elements(Value value, int samples) {
            long frames = chunks.frames(samples);
            if (frames == 0) {
                return 0;
            }
            Map<String, Long> sizes = graph.sizes(shapes(frames + 1, frames), Map.of());
            return Strided.product(value.shape().evaluate(sizes));
        }

        private List<long[]> shapes(long tokens, long frames) {
            long[] memory = {1, frames, width()};
            return decodes ? List.of(new long[] {1, tokens}, new long[] {1}, memory) : List.of(memory);
        }
    }

    /** Returns the tokens that the first pass hears, behind the token that begins a hypothesis. */
    private float[] tokens(float[] memory) {
        int[] path = logProbs(memory).bestPath(BLANK);
        float[] tokens = new float[path.length + 1];
        tokens[0] = graphs.constants().sos();
        for (int i = 0; i < path.length; i++) {
            tokens[i + 1] = path[i];
        }
        return tokens;
    }

    /** Returns the encoder output {@code [1, frames, width]} of an utterance. */
    private float[] memory(float[] samples) {
        Value output = graphs.next().outputs().get(0);
        return memories.computeIfAbsent(
                samples, s -> requireNonNull(chunks.run(s, Set.of(output)).get(output)));
    }

    private long width() {
        return graphs.ctc().inputs().get(0).shape().dim(-1).constant();
    }

    private LogProbs logProbs(float[] memory) {
        long[] shape = {1, memory.length / width(), width()};
        float[] values =
                ctc.run(List.of(shape), Map.of(), Set.of(), memory).outputs().get(0);
        int frames = (int) shape[1];
        return new LogProbs(values, frames, values.length / frames);
    }

    @Override
    public void close() {
        chunks.close();
        ctc.close();
        decoders.forEach(GraphProbe::close);
    }
}
