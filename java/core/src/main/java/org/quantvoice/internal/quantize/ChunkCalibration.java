package org.quantvoice.internal.quantize;

import java.util.Arrays;
import java.util.HashMap;
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
import org.quantvoice.source.StreamingGraphs;

/**
 * Runs a float encoder over speech, in chunks of 16 frames with 4 chunks of history, and reads its tensors for
 * calibration. Caches are inputs and outputs here, so that every tensor of the graph can be read. The first chunk has
 * one cached key of zeros.
 */
public final class ChunkCalibration implements AutoCloseable {
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

    /** Returns the values of all chunks of an utterance, chunk after chunk. */
    Map<Value, float[]> run(float[] samples, Set<Value> taps) {
        int bins = constants.melBins();
        float[] features = new Fbank(SAMPLE_RATE, bins).accept(samples);
        int frames = features.length / bins;
        int step = CHUNK * constants.subsampling();
        int window = step - constants.subsampling() + constants.rightContext() + 1;
        Map<Value, float[]> seen = new HashMap<>();
        taps.forEach(tap -> seen.put(tap, new float[0]));
        float[] keys = new float[(int) (keyRows() * keyWidth())];
        float[] convolution =
                new float[(int) Strided.product(graph.inputs().get(2).shape().evaluate(Map.of()))];
        for (int at = 0; at + constants.rightContext() < frames; at += step) {
            int count = Math.min(window, frames - at);
            float[] chunk = Arrays.copyOfRange(features, at * bins, (at + count) * bins);
            List<float[]> caches = run(chunk, count, keys, convolution, taps, seen);
            keys = trimmed(caches.get(0), at == 0 ? 1 : 0);
            convolution = caches.get(1);
        }
        return seen;
    }

    private long keyRows() {
        Shape cache = graph.inputs().get(1).shape();
        return cache.dim(0).constant() * cache.dim(1).constant();
    }

    private long keyWidth() {
        return graph.inputs().get(1).shape().dim(3).constant();
    }

    private List<float[]> run(
            float[] chunk, int frames, float[] keys, float[] convolution, Set<Value> taps, Map<Value, float[]> seen) {
        Shape cache = graph.inputs().get(1).shape();
        long cached = keys.length / (keyRows() * keyWidth());
        List<long[]> shapes = List.of(
                new long[] {1, frames, constants.melBins()},
                new long[] {cache.dim(0).constant(), cache.dim(1).constant(), cached, keyWidth()},
                graph.inputs().get(2).shape().evaluate(Map.of()));
        // this offset makes positions count from the first cached key
        Map<String, Long> scalars = graph.scalars().isEmpty() ? Map.of() : Map.of(StreamingGraphs.OFFSET, cached);
        GraphProbe.Seen run = probe.run(shapes, scalars, taps, chunk, keys, convolution);
        run.taps().forEach((value, values) -> seen.merge(value, values, ChunkCalibration::joined));
        return run.outputs().subList(1, 3);
    }

    private static float[] joined(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** Returns the last frames of each row of keys, without the first {@code dropped}. */
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
