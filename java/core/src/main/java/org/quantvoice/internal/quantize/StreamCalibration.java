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
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.exec.GraphProbe;
import org.quantvoice.internal.program.Strided;
import org.quantvoice.source.StreamingGradients;
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
    /** The runs of all parts. */
    private final List<PartSource.Open> runs = new ArrayList<>();
    /** Encoder outputs by recording, which are smaller than the recordings; each part asks for them more than once. */
    private final Map<float[], float[]> memories = new IdentityHashMap<>();

    StreamCalibration(StreamingGraphs graphs) {
        this.graphs = graphs;
        chunks = new ChunkCalibration(graphs.next(), graphs.constants());
        ctc = new GraphProbe(graphs.ctc());
        runs.add(chunks);
        runs.add(new Utterances(graphs.ctc(), ctc, false));
        runs.add(decoder(graphs.decoder()));
        graphs.reverse().ifPresent(graph -> runs.add(decoder(graph)));
    }

    /** @param graph of one direction */
    private Utterances decoder(Graph graph) {
        return new Utterances(graph, new GraphProbe(graph), true);
    }

    /** The runs of all float parts, in the order of {@link StreamingGraphs#all()}. */
    List<PieceRun> all() {
        return List.copyOf(runs);
    }

    /**
     * Returns what opens graphs that stand for the parts, in the same order. Parts behind the encoder receive what the float parts
     * before them give.
     */
    List<PartSource> sources() {
        List<PartSource> sources = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            sources.add(new Part(i, runs.get(i)));
        }
        return sources;
    }

    /** A part by its number, counted as its float graph's run counts. */
    private final class Part implements PartSource {
        private final int number;
        private final PieceRun counted;

        Part(int number, PieceRun counted) {
            this.number = number;
            this.counted = counted;
        }

        @Override
        public Open open(Graph graph) {
            return number == 0
                    ? new ChunkCalibration(graph, graphs.constants())
                    : new Utterances(graph, new GraphProbe(graph), number > 1);
        }

        @Override
        public long elements(Value value, int samples) {
            return counted.elements(value, samples);
        }
    }

    /** Runs a part on the encoder's output of whole utterances. */
    private final class Utterances implements PartSource.Open {
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

        @Override
        public void close() {
            probe.close();
        }

        private List<long[]> shapes(long tokens, long frames) {
            long[] memory = {1, frames, width()};
            return decodes ? List.of(new long[] {1, tokens}, new long[] {1}, memory) : List.of(memory);
        }
    }

    /** Returns gradients of a part's layers, in the order of {@link #all} and of its pieces. */
    LayerGradients gradients(int part, StreamingGradients source, ModelRequest request) {
        return new LayerGradients() {
            @Override
            public List<Map<String, List<float[]>>> of(Set<String> paths, int blank) {
                List<StreamingGradients.Recording> heard = request.calibration().stream()
                        .map(a -> recording(a.samples()))
                        .toList();
                return source.of(part, heard, paths, blank, request.threads(), request.progress());
            }

            @Override
            public long elements(Value value, int samples) {
                return runs.get(part).elements(value, samples);
            }
        };
    }

    private StreamingGradients.Recording recording(float[] samples) {
        float[] memory = memory(samples);
        return chunks.recording(
                samples, memory.length == 0 ? new int[0] : logProbs(memory).bestPath(BLANK));
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
        runs.forEach(PartSource.Open::close);
    }
}
