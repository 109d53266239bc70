package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.passes.QuantizableLayers;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.StreamingGraphs;

/**
 * Gradients of a streaming model with decoders of both directions, against differences of the loss that the native graphs and
 * a CTC forward pass in double precision give.
 */
public class StreamGradientsTest {
    private static final Path MODEL = Path.of("src/test/resources/u2-bidirectional/model.pt");
    private static final Path SPEECH =
            Path.of(System.getProperty("quantvoice.root"), "models/digits/calib/calib-george-00.flac");
    private static final int BLANK = 0;
    private static final float STEP = 3e-3f;

    private static OpenModel opened;
    private static StreamingGraphs graphs;
    private static StreamCalibration calibration;
    private static float[] samples;

    @BeforeAll
    static void read() {
        opened = OpenModel.of(MODEL);
        graphs = opened.takeStreaming().orElseThrow().folded();
        calibration = new StreamCalibration(graphs);
        samples = Arrays.copyOf(AudioFiles.read(SPEECH).samples(), 20_000);
    }

    @AfterAll
    static void close() {
        calibration.close();
        graphs.all().forEach(Graph::close);
        opened.close();
    }

    private static ModelRequest request(float[]... recordings) {
        List<Audio> audio =
                Arrays.stream(recordings).map(s -> new Audio(s, 16_000)).toList();
        return new ModelRequest(MODEL, Optional.empty(), audio, Optional.empty(), 1, Progress.none());
    }

    private static List<Map<String, List<float[]>>> gradients(int part, Set<String> paths, float[]... recordings) {
        return calibration
                .gradients(part, opened.streamingGradients().orElseThrow(), request(recordings))
                .of(paths, BLANK);
    }

    private static Node layer(int part, String path) {
        return QuantizableLayers.of(graphs.all().get(part)).stream()
                .filter(n -> n.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private static float[] run(StreamCalibration from, StreamingGraphs of, int part) {
        Value output = of.all().get(part).outputs().get(0);
        return from.all().get(part).run(samples, Set.of(output)).get(output);
    }

    /** The loss of the model with a number added to one channel of a layer's bias. */
    private static double loss(int part, Node layer, int channel, float more) {
        Graph graph = graphs.all().get(part);
        GraphCopy copy = new GraphCopy(graph);
        float[] bias =
                graph.constant(layer.input(2)).orElseThrow().data().floats().clone();
        bias[channel] += more;
        copy.replaceOnce(layer.input(2), () -> copy.constant("changed", ArrayTensor.of(bias, bias.length)));
        graph.nodes().forEach(copy::add);
        List<Graph> parts = new ArrayList<>(graphs.all());
        parts.set(part, copy.build());
        StreamingGraphs changed = graphs.with(parts);
        try (StreamCalibration runs = new StreamCalibration(changed)) {
            return loss(runs, changed);
        }
    }

    private static double loss(StreamCalibration runs, StreamingGraphs of) {
        int vocabulary = (int) of.ctc().outputs().get(0).shape().dim(-1).constant();
        float[] ctc = run(runs, of, 1);
        int[] path = new LogProbs(ctc, ctc.length / vocabulary, vocabulary).bestPath(BLANK);
        assertThat(path).as("the hypothesis, which the step must not change").isEqualTo(hypothesis());
        int[] back = new int[path.length];
        for (int i = 0; i < back.length; i++) {
            back[i] = path[back.length - 1 - i];
        }
        return ctcLoss(ctc, vocabulary, path)
                - score(run(runs, of, 2), vocabulary, path)
                - score(run(runs, of, 3), vocabulary, back);
    }

    private static int[] hypothesis() {
        float[] ctc = run(calibration, graphs, 1);
        int vocabulary = (int) graphs.ctc().outputs().get(0).shape().dim(-1).constant();
        return new LogProbs(ctc, ctc.length / vocabulary, vocabulary).bestPath(BLANK);
    }

    private static double score(float[] logProbs, int vocabulary, int[] tokens) {
        double sum = 0;
        for (int i = 0; i <= tokens.length; i++) {
            sum += logProbs[
                    i * vocabulary + (i == tokens.length ? graphs.constants().eos() : tokens[i])];
        }
        return sum;
    }

    /** Graves et al. (2006), the forward variables. */
    private static double ctcLoss(float[] logProbs, int vocabulary, int[] tokens) {
        int states = 2 * tokens.length + 1;
        double[] alpha = new double[states];
        Arrays.fill(alpha, Double.NEGATIVE_INFINITY);
        for (int t = 0; t < logProbs.length / vocabulary; t++) {
            double[] next = new double[states];
            for (int s = 0; s < states; s++) {
                int token = s % 2 == 0 ? BLANK : tokens[s / 2];
                double sum = t == 0 ? (s < 2 ? 0 : Double.NEGATIVE_INFINITY) : alpha[s];
                if (t > 0 && s > 0) {
                    sum = add(sum, alpha[s - 1]);
                }
                if (t > 0 && s > 1 && s % 2 == 1 && tokens[s / 2] != tokens[s / 2 - 1]) {
                    sum = add(sum, alpha[s - 2]);
                }
                next[s] = sum + logProbs[t * vocabulary + token];
            }
            alpha = next;
        }
        return -(states == 1 ? alpha[0] : add(alpha[states - 1], alpha[states - 2]));
    }

    private static double add(double a, double b) {
        double most = Math.max(a, b);
        return most == Double.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
    }

    /** A bias reaches every output of its channel, so what the loss changes by is the sum of the gradients there. */
    @ParameterizedTest
    @CsvSource({
        "0, encoder.embed.conv.0",
        "0, encoder.embed.out.0",
        "0, encoder.encoders.0.self_attn.linear_v",
        "0, encoder.encoders.0.feed_forward.w_2",
        "1, ctc.ctc_lo",
        "2, decoder.left_decoder.decoders.0.src_attn.linear_v",
        "3, decoder.right_decoder.output_layer"
    })
    void gradientsAreWhatTheLossChangesBy(int part, String path) {
        Node layer = layer(part, path);
        ChannelAxis channels = ChannelAxis.of(layer);
        List<float[]> found = gradients(part, Set.of(path), samples).stream()
                .map(run -> run.get(path).get(0))
                .toList();
        assertThat(found).hasSize(part == 0 ? 2 : 1);
        double largest = 0;
        for (int c = 0; c < channels.count(); c += Math.max(1, channels.count() / 3)) {
            double sum = 0;
            for (float[] run : found) {
                for (int i = 0; i < run.length; i++) {
                    sum += channels.of(i, run.length) == c ? run[i] : 0;
                }
            }
            double change = (loss(part, layer, c, STEP) - loss(part, layer, c, -STEP)) / (2 * STEP);
            // the loss has kinks, those of ReLU, so that differences of a finite step are off by some percent
            assertThat(sum).as("channel %d", c).isCloseTo(change, within(0.02 + 0.06 * Math.abs(change)));
            largest = Math.max(largest, Math.abs(change));
        }
        assertThat(largest).as("a change that tells something").isGreaterThan(0.1);
    }

    /** Layers whose inputs are positions have gradients too, and each layer has them for all of its outputs. */
    @Test
    void everyLayerHasAnImportanceForEachOfItsOutputs() {
        ModelRequest silentTooShortAndSpeech = request(new float[1360], new float[399], samples);
        ModelRequest request = new ModelRequest(
                MODEL,
                Optional.empty(),
                silentTooShortAndSpeech.calibration(),
                Optional.empty(),
                1,
                Progress.none(),
                Optional.of("{\"blank\": 0}"),
                Optional.empty(),
                true,
                false,
                Optional.empty());
        for (int part = 0; part < graphs.all().size(); part++) {
            List<Node> layers = QuantizableLayers.of(graphs.all().get(part));
            LayerGradients source =
                    calibration.gradients(part, opened.streamingGradients().orElseThrow(), request);
            OutputImportance importance =
                    new OutputImportance(graphs.all().get(part), layers, request, Optional.of(source));
            for (Node layer : layers) {
                List<float[]> outputs = new ArrayList<>();
                for (Audio recording : request.calibration()) {
                    calibration
                            .all()
                            .get(part)
                            .pieces(recording.samples(), Set.of(layer.output()))
                            .forEach(piece ->
                                    outputs.add(piece.get(layer.output()).values()));
                }
                assertThat(importance.of(layer, outputs))
                        .as(layer.path())
                        .hasSize(part == 0 ? 3 : 2)
                        .allSatisfy(weights -> {
                            for (float weight : weights) {
                                assertThat(weight).isFinite().isGreaterThanOrEqualTo(1f);
                            }
                        });
            }
        }
    }

    @Test
    void badInputIsRefused() {
        assertThatThrownBy(() -> gradients(0, Set.of("encoder.embed.conv.9"), samples))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("encoder.embed.conv.");
        assertThatThrownBy(() -> calibration
                        .gradients(1, opened.streamingGradients().orElseThrow(), request(samples))
                        .of(Set.of("ctc.ctc_lo"), 99))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("blank 99");
        assertThat(gradients(1, Set.of("ctc.ctc_lo"), new float[399])).isEmpty();
    }
}
