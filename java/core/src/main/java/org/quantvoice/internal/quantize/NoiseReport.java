package org.quantvoice.internal.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.quantvoice.audio.Audio;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.program.Strided;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.quant.QuantReport;

/**
 * Measures what quantization does to each layer's output: the float and the quantized graph run on the same
 * recordings, and the noise of a layer is the difference of its outputs, which includes the noise of the layers
 * before it.
 */
public final class NoiseReport {
    /** Largest number of recordings that are measured; they are spread over the calibration set. */
    private static final int MOST_RECORDINGS = 8;
    /** Number of floats of layers' outputs kept at a time: 256 MB for each of two models. */
    private static final long MOST_KEPT = 64L << 20;

    private final Graph floats;
    private final Quantizer.Result result;
    private final List<Audio> audio = new ArrayList<>();
    private final int threads;

    public NoiseReport(Graph floats, Quantizer.Result result, List<Audio> calibration, int threads) {
        this.floats = floats;
        this.result = result;
        this.threads = threads;
        audio.addAll(spread(calibration));
    }

    /** Returns some recordings, spread over the whole set. */
    static List<Audio> spread(List<Audio> all) {
        int count = Math.min(MOST_RECORDINGS, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get(i * all.size() / count))
                .toList();
    }

    /** Returns the layers with their signal-to-noise ratios, or without them if there is no audio. */
    public List<QuantReport.Layer> layers() {
        List<QuantReport.Layer> measured = new ArrayList<>();
        if (audio.isEmpty()) {
            return result.layers();
        }
        List<Node> group = new ArrayList<>();
        long kept = 0;
        for (Node node : result.nodes()) {
            long size = longest(node);
            if (!group.isEmpty() && kept + size > MOST_KEPT) {
                measured.addAll(measure(group, measured.size()));
                group.clear();
                kept = 0;
            }
            group.add(node);
            kept += size;
        }
        measured.addAll(measure(group, measured.size()));
        measured.addAll(result.layers().subList(measured.size(), result.layers().size()));
        return measured;
    }

    private long longest(Node node) {
        return audio.stream()
                .mapToLong(a -> Strided.product(dims(floats, node.output(), a)))
                .max()
                .orElseThrow();
    }

    /** Returns the sizes of a graph's value for a recording. */
    static long[] dims(Graph graph, Value value, Audio recording) {
        Map<String, Long> sizes = graph.sizes(List.of(new long[] {1, recording.samples().length}), Map.of());
        return value.shape().dims().stream().mapToLong(d -> d.evaluate(sizes)).toArray();
    }

    /** @param first index of the group's first node among all */
    private List<QuantReport.Layer> measure(List<Node> group, int first) {
        List<LayerNoise> noises = new ArrayList<>();
        group.forEach(n -> noises.add(new LayerNoise()));
        List<Value> outputs = group.stream().map(Node::output).toList();
        List<Value> rounded = outputs.stream().map(result.quantized()::get).toList();
        try (Tapped before = new Tapped(floats, outputs, threads);
                Tapped after = new Tapped(result.graph(), rounded, threads)) {
            for (Audio recording : audio) {
                List<float[]> exact = before.run(recording.samples());
                List<float[]> noisy = after.run(recording.samples());
                for (int i = 0; i < group.size(); i++) {
                    Node node = group.get(i);
                    long[] dims = dims(floats, node.output(), recording);
                    noises.get(i).add(exact.get(i), noisy.get(i), dims, DrownedLayers.channels(node, dims));
                }
            }
        }
        List<QuantReport.Layer> layers = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            QuantReport.Layer layer = result.layers().get(first + i);
            LayerNoise noise = noises.get(i);
            layers.add(new QuantReport.Layer(
                    layer.path(), layer.type(), layer.method(), noise.mean(), noise.worst(), layer.note()));
        }
        return layers;
    }

    /** A graph in which the measured tensors are outputs, so that fusion does not absorb them. */
    private static final class Tapped implements AutoCloseable {
        private final List<Value> taps = new ArrayList<>();
        private final Set<Value> wanted;
        private final NativeModel model;

        Tapped(Graph graph, List<Value> outputs, int threads) {
            GraphCopy copy = new GraphCopy(graph);
            graph.nodes().forEach(copy::add);
            outputs.forEach(v -> taps.add(copy.value(v)));
            QvModel tapped = new QvModel(copy.build(taps), Optional.empty(), Map.of());
            wanted = new HashSet<>(taps);
            model = new NativeModel(tapped, Optional.empty(), 0, threads, false);
        }

        List<float[]> run(float[] samples) {
            Map<Value, float[]> read = new HashMap<>(model.tap(samples, wanted));
            return taps.stream().map(read::get).toList();
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
