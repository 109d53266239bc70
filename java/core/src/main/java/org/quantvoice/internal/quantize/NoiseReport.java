package org.quantvoice.internal.quantize;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.quantvoice.audio.Audio;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.passes.GraphCopy;
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
    private final PartSource source;
    private final List<Audio> audio = new ArrayList<>();

    /** @param source opens the float and the quantized graph */
    public NoiseReport(Graph floats, Quantizer.Result result, PartSource source, List<Audio> calibration) {
        this.floats = floats;
        this.result = result;
        this.source = source;
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
                .mapToLong(a -> source.elements(node.output(), a.samples().length))
                .max()
                .orElseThrow();
    }

    /** @param first index of the group's first node among all */
    private List<QuantReport.Layer> measure(List<Node> group, int first) {
        List<LayerNoise> noises = new ArrayList<>();
        group.forEach(n -> noises.add(new LayerNoise()));
        List<Value> outputs = group.stream().map(Node::output).toList();
        List<Value> rounded = outputs.stream().map(result.quantized()::get).toList();
        try (Tapped before = new Tapped(source, floats, outputs);
                Tapped after = new Tapped(source, result.graph(), rounded)) {
            for (Audio recording : audio) {
                List<List<LayerInput>> exact = before.run(recording.samples());
                List<List<LayerInput>> noisy = after.run(recording.samples());
                for (int piece = 0; piece < exact.size(); piece++) {
                    add(group, exact.get(piece), noisy.get(piece), noises);
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

    private static void add(List<Node> group, List<LayerInput> exact, List<LayerInput> noisy, List<LayerNoise> noises) {
        for (int i = 0; i < group.size(); i++) {
            long[] dims = exact.get(i).shape();
            int axis = DrownedLayers.channels(group.get(i), dims);
            noises.get(i).add(exact.get(i).values(), noisy.get(i).values(), dims, axis);
        }
    }

    /** A graph in which the measured tensors are outputs, so that fusion does not absorb them. */
    private static final class Tapped implements AutoCloseable {
        private final List<Value> taps = new ArrayList<>();
        private final Set<Value> wanted;
        private final PartSource.Open open;

        Tapped(PartSource source, Graph graph, List<Value> outputs) {
            GraphCopy copy = new GraphCopy(graph);
            graph.nodes().forEach(copy::add);
            outputs.forEach(v -> taps.add(copy.value(v)));
            wanted = new HashSet<>(taps);
            open = source.open(copy.build(taps));
        }

        /** Returns the measured tensors of each piece. */
        List<List<LayerInput>> run(float[] samples) {
            return open.pieces(samples, wanted).stream()
                    .map(piece ->
                            taps.stream().map(t -> requireNonNull(piece.get(t))).toList())
                    .toList();
        }

        @Override
        public void close() {
            open.close();
        }
    }
}
