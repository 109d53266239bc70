package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.GraphProbe;
import org.quantvoice.internal.features.Fbank;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.program.Strided;
import org.quantvoice.source.StreamingGradients;
import org.quantvoice.source.StreamingGraphs;

/**
 * Runs a float encoder over speech, in chunks of 16 frames with 4 chunks of history, and reads its tensors for
 * calibration. Caches are inputs and outputs here, so that every tensor of the graph can be read. The first chunk has
 * one cached key of zeros.
 */
public final class ChunkCalibration implements PartSource.Open {
    private static final int SAMPLE_RATE = 16_000;
    private static final int CHUNK = 16;
    private static final int HISTORY = 64;

    private final Graph graph;
    private final StreamConstants constants;
    private final GraphProbe probe;

    ChunkCalibration(Graph graph, StreamConstants constants) {
        this.graph = graph;
        this.constants = constants;
        probe = new GraphProbe(graph);
    }

    @Override
    public List<Map<Value, LayerInput>> pieces(float[] samples, Set<Value> taps) {
        List<Map<Value, LayerInput>> seen = new ArrayList<>();
        float[] keys = new float[(int) (keyRows() * keyWidth())];
        float[] convolution = new float[(int) Strided.product(convolutionShape())];
        for (float[] chunk : chunksOf(samples)) {
            int count = chunk.length / constants.melBins();
            GraphProbe.Seen run = run(chunk, count, keys, convolution, taps);
            int forgotten = seen.isEmpty() ? 1 : 0;
            seen.add(PieceRun.shaped(run.taps(), sizes(count, cached(keys))));
            keys = trimmed(run.outputs().get(1), forgotten);
            convolution = run.outputs().get(2);
        }
        return seen;
    }

    /** Returns the features of each chunk, {@code [frames, melBins]}. */
    private List<float[]> chunksOf(float[] samples) {
        int bins = constants.melBins();
        float[] features = new Fbank(SAMPLE_RATE, bins).accept(samples);
        int frames = features.length / bins;
        List<float[]> chunks = new ArrayList<>();
        for (int at = 0; at + constants.rightContext() < frames; at += step()) {
            int count = Math.min(window(), frames - at);
            chunks.add(Arrays.copyOfRange(features, at * bins, (at + count) * bins));
        }
        return chunks;
    }

    /** Returns a recording as this run hears it, for who differentiates the model. */
    StreamingGradients.Recording recording(float[] samples, int[] hypothesis) {
        return new StreamingGradients.Recording(
                chunksOf(samples), keyShape(1), convolutionShape(), HISTORY, hypothesis);
    }

    private long[] convolutionShape() {
        return graph.inputs().get(2).shape().evaluate(Map.of());
    }

    /** Counts each chunk as a whole one with all its history. */
    @Override
    public long elements(Value value, int samples) {
        return chunks(samples) * Strided.product(value.shape().evaluate(sizes(window(), HISTORY)));
    }

    /** Encoder frames of a recording, at most. */
    long frames(int samples) {
        return CHUNK * chunks(samples);
    }

    private long chunks(int samples) {
        int frames = new Fbank(SAMPLE_RATE, constants.melBins()).frames(samples);
        return (frames + step() - 1L) / step();
    }

    /** Feature frames from one chunk to the next. */
    private int step() {
        return CHUNK * constants.subsampling();
    }

    /** Feature frames of a chunk. */
    private int window() {
        return step() - constants.subsampling() + constants.rightContext() + 1;
    }

    private Map<String, Long> sizes(int frames, long cached) {
        return graph.sizes(shapes(frames, cached), scalars(cached));
    }

    private List<long[]> shapes(int frames, long cached) {
        return List.of(new long[] {1, frames, constants.melBins()}, keyShape(cached), convolutionShape());
    }

    private long[] keyShape(long cached) {
        Shape cache = graph.inputs().get(1).shape();
        return new long[] {cache.dim(0).constant(), cache.dim(1).constant(), cached, keyWidth()};
    }

    /** The offset that makes positions count from the first cached key. */
    private Map<String, Long> scalars(long cached) {
        return graph.scalars().isEmpty() ? Map.of() : Map.of(StreamingGraphs.OFFSET, cached);
    }

    private long cached(float[] keys) {
        return keys.length / (keyRows() * keyWidth());
    }

    private GraphProbe.Seen run(float[] chunk, int frames, float[] keys, float[] convolution, Set<Value> taps) {
        long cached = cached(keys);
        return probe.run(shapes(frames, cached), scalars(cached), taps, chunk, keys, convolution);
    }

    private long keyRows() {
        Shape cache = graph.inputs().get(1).shape();
        return cache.dim(0).constant() * cache.dim(1).constant();
    }

    private long keyWidth() {
        return graph.inputs().get(1).shape().dim(3).constant();
    }

    /** The last frames of each row, without the first {@code dropped}. */
    private float[] trimmed(float[] keys, int dropped) {
        int rows = (int) keyRows();
        int width = (int) keyWidth();
        int frames = keys.length / rows / width;
        int kept = Math.min(HISTORY, frames - dropped) * width;
        float[] last = new float[rows * kept];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(keys, (row + 1) * frames * width - kept, last, row * kept, kept);
        }
        return last;
    }

    @Override
    public void close() {
        probe.close();
    }
}
