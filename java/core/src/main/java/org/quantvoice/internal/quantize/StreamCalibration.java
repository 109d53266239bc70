package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.GraphProbe;
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

    StreamCalibration(StreamingGraphs graphs) {
        this.graphs = graphs;
        chunks = new ChunkCalibration(graphs.next(), graphs.constants());
        ctc = new GraphProbe(graphs.ctc());
    }

    Quantizer.FloatRun encoder() {
        return chunks::run;
    }

    Quantizer.FloatRun ctc() {
        return (samples, taps) -> {
            float[] memory = memory(samples);
            return memory.length == 0 ? nothing(taps) : ctc(memory, taps).taps();
        };
    }

    /**
     * Returns a run of an attention decoder.
     *
     * @param graph of one direction
     */
    Quantizer.FloatRun decoder(Graph graph) {
        GraphProbe probe = new GraphProbe(graph);
        decoders.add(probe);
        return (samples, taps) -> {
            float[] memory = memory(samples);
            if (memory.length == 0) {
                return nothing(taps);
            }
            int[] path = logProbs(memory).bestPath(BLANK);
            float[] tokens = new float[path.length + 1];
            tokens[0] = graphs.constants().sos();
            for (int i = 0; i < path.length; i++) {
                tokens[i + 1] = path[i];
            }
            List<long[]> shapes = List.of(new long[] {1, tokens.length}, new long[] {1}, shape(memory));
            return probe.run(shapes, Map.of(), taps, tokens, new float[] {tokens.length}, memory)
                    .taps();
        };
    }

    /** Returns empty taps for a recording that is shorter than a frame. */
    private static Map<Value, float[]> nothing(Set<Value> taps) {
        return taps.stream().collect(Collectors.toMap(tap -> tap, tap -> new float[0]));
    }

    /** Returns the encoder output {@code [1, frames, width]} of an utterance. */
    private float[] memory(float[] samples) {
        Value output = graphs.next().outputs().get(0);
        return requireNonNull(chunks.run(samples, Set.of(output)).get(output));
    }

    private long[] shape(float[] memory) {
        long width = graphs.ctc().inputs().get(0).shape().dim(-1).constant();
        return new long[] {1, memory.length / width, width};
    }

    private GraphProbe.Seen ctc(float[] memory, Set<Value> taps) {
        return ctc.run(List.of(shape(memory)), Map.of(), taps, memory);
    }

    private LogProbs logProbs(float[] memory) {
        float[] values = ctc(memory, Set.of()).outputs().get(0);
        int frames = (int) shape(memory)[1];
        return new LogProbs(values, frames, values.length / frames);
    }

    @Override
    public void close() {
        chunks.close();
        ctc.close();
        decoders.forEach(GraphProbe::close);
    }
}
