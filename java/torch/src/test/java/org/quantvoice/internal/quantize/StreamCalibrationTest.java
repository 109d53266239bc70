package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.KernelPool;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.StreamingGraphs;

/** What the layers of a streaming model with decoders of both directions see of a recording. */
public class StreamCalibrationTest {
    private static final Path MODEL = Path.of("src/test/resources/u2-bidirectional/model.pt");
    private static final Path SPEECH =
            Path.of(System.getProperty("quantvoice.root"), "models/digits/calib/calib-george-00.flac");

    private static StreamingGraphs graphs;
    private static float[] samples;

    @BeforeAll
    static void read() {
        StreamingGraphs read = OpenModel.of(MODEL).takeStreaming().orElseThrow().folded();
        graphs = new StreamingGraphs(
                open(read.next()),
                open(read.ctc()),
                open(read.decoder()),
                read.reverse().map(StreamCalibrationTest::open),
                read.constants());
        samples = AudioFiles.read(SPEECH).samples();
    }

    /** The same graph whose layers' outputs are outputs, so that no activation is fused into them. */
    private static Graph open(Graph graph) {
        GraphCopy copy = new GraphCopy(graph);
        graph.nodes().forEach(copy::add);
        return copy.build(QuantizableLayers.of(graph).stream()
                .map(n -> copy.value(n.output()))
                .toList());
    }

    @AfterAll
    static void close() {
        graphs.all().forEach(Graph::close);
    }

    /** Each layer, run alone on the pieces that it is said to see, gives what the whole graph gives. */
    @Test
    void layersRunAloneOnTheirPiecesGiveWhatTheyGiveInTheGraph() {
        try (StreamCalibration calibration = new StreamCalibration(graphs);
                KernelPool pool = KernelPool.of(1)) {
            List<PieceRun> runs = calibration.all();
            assertThat(runs).hasSize(4);
            for (int part = 0; part < runs.size(); part++) {
                Graph graph = graphs.all().get(part);
                for (Node layer : QuantizableLayers.of(graph)) {
                    Set<Value> taps = Set.of(layer.input(0), layer.output());
                    List<Map<Value, LayerInput>> pieces = runs.get(part).pieces(samples, taps);
                    assertThat(pieces).as("chunks of part %d", part).hasSize(part == 0 ? chunks() : 1);
                    List<LayerInput> seen =
                            pieces.stream().map(p -> p.get(layer.input(0))).toList();
                    List<float[]> alone = LayerProbe.exact(graph, layer, seen, pool);
                    for (int i = 0; i < pieces.size(); i++) {
                        assertClose(alone.get(i), pieces.get(i).get(layer.output()), layer.path() + ", piece " + i);
                    }
                }
            }
        }
    }

    private static int chunks() {
        int frames = (samples.length - 400) / 160 + 1;
        int step = 16 * graphs.constants().subsampling();
        return (frames - graphs.constants().rightContext() + step - 1) / step;
    }

    private static void assertClose(float[] alone, LayerInput inGraph, String name) {
        assertThat(alone).as(name).hasSameSizeAs(inGraph.values());
        assertThat(Arrays.stream(inGraph.shape()).reduce(1, (a, b) -> a * b))
                .as("size of " + name)
                .isEqualTo(alone.length);
        for (int i = 0; i < alone.length; i++) {
            assertThat(alone[i]).as(name).isCloseTo(inGraph.values()[i], within(1e-4f * (1 + Math.abs(alone[i]))));
        }
    }

    /** Rooms that are reserved hold what comes, and are not much too large for the encoder. */
    @Test
    void elementsAreCountedBeforehand() {
        try (StreamCalibration calibration = new StreamCalibration(graphs)) {
            List<PieceRun> runs = calibration.all();
            for (int part = 0; part < runs.size(); part++) {
                for (Node layer : QuantizableLayers.of(graphs.all().get(part))) {
                    Value input = layer.input(0);
                    long seen = runs.get(part).run(samples, Set.of(input)).get(input).length;
                    long counted = runs.get(part).elements(input, samples.length);
                    assertThat(counted).as(layer.path()).isGreaterThanOrEqualTo(seen);
                    assertThat(part == 0 ? counted : seen).as(layer.path()).isLessThanOrEqualTo(2 * seen);
                    assertThat(runs.get(part).elements(input, 399)).isZero();
                }
            }
        }
    }

    @Test
    void aRecordingWithoutAFrameHasNoPieces() {
        try (StreamCalibration calibration = new StreamCalibration(graphs)) {
            List<PieceRun> runs = calibration.all();
            for (int part = 0; part < runs.size(); part++) {
                Value input = graphs.all().get(part).nodes().get(0).output();
                assertThat(runs.get(part).pieces(new float[1359], Set.of(input)))
                        .isEmpty();
                assertThat(runs.get(part).run(new float[1359], Set.of(input)).get(input))
                        .isEmpty();
            }
        }
    }
}
