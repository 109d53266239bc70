package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.source.OpenModel;

/** Gradients for the calibration HESSIAN, against those that PyTorch's autograd recorded (gradient_fixtures.py). */
class GradientTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources/gradients");
    private static final Map<String, String> MODULES = Map.of(
            "conv", Digits.W2V + "feature_extractor.conv_layers.6.conv",
            "projection", Digits.W2V + "feature_projection.projection",
            "value", Digits.W2V + "encoder.layers.2.attention.v_proj",
            "enc", "encoder.enc.linear2.w",
            "head", "ctc_lin.w");
    /** Of the whole tensor's Euclidean norm; 2e-6 where it was written. */
    private static final double TOLERANCE = 1e-4;

    /** One of the rows of losses.tsv. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Recording(String name, Audio audio, int[] tokens) {}

    private static Map<String, Recording> recordings() throws IOException {
        Map<String, Recording> all = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(FIXTURES.resolve("losses.tsv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] column = line.split("\t", -1);
            int from = Integer.parseInt(column[2]);
            int samples = Integer.parseInt(column[3]);
            float[] values = column[1].isEmpty()
                    ? new float[samples]
                    : Arrays.copyOfRange(Digits.utterance(column[1]).audio().samples(), from, from + samples);
            int[] tokens = Arrays.stream(column[4].split(" "))
                    .filter(t -> !t.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            all.put(column[0], new Recording(column[0], new Audio(values, 16_000), tokens));
        }
        return all;
    }

    private static List<Map<String, List<float[]>>> gradients(List<Audio> audio, Set<String> paths, int blank) {
        return gradients(Digits.MODEL, audio, paths, blank);
    }

    private static List<Map<String, List<float[]>>> gradients(
            Path model, List<Audio> audio, Set<String> paths, int blank) {
        try (OpenModel opened = OpenModel.of(model)) {
            return opened.gradients().orElseThrow().of(audio, paths, blank, 1, Progress.none());
        }
    }

    /** Speech twice: a graph that libtorch has run before must give the same. */
    @Test
    void gradientsAreThoseOfPyTorch() throws IOException {
        Map<String, Recording> recordings = recordings();
        Recording speech = recordings.get("speech");
        List<Recording> order = List.of(speech, recordings.get("silence"), speech);
        List<Map<String, List<float[]>>> found =
                gradients(order.stream().map(Recording::audio).toList(), Set.copyOf(MODULES.values()), 0);
        for (int r = 0; r < order.size(); r++) {
            for (Map.Entry<String, String> module : MODULES.entrySet()) {
                String what = order.get(r).name() + "." + module.getKey();
                float[] expected = Digits.npy(FIXTURES.resolve(what + ".npy"));
                assertThat(found.get(r).get(module.getValue())).as(what).hasSize(1);
                float[] actual = found.get(r).get(module.getValue()).get(0);
                assertThat(actual).as(what).hasSameSizeAs(expected);
                assertThat(relativeError(actual, expected))
                        .as("relative error of %s, run %d", what, r)
                        .isLessThan(TOLERANCE);
            }
        }
        assertThat(found.get(2).get("ctc_lin.w").get(0))
                .isEqualTo(found.get(0).get("ctc_lin.w").get(0));
    }

    /** A frozen model has layers without modules: they come in the order in which they run. */
    @Test
    void layersOfAFrozenModelHaveGradients() {
        List<float[]> found = gradients(
                        FIXTURES.resolve("frozen.pt"), List.of(new Audio(new float[2000], 16_000)), Set.of(""), 0)
                .get(0)
                .get("");
        assertThat(found).extracting(g -> g.length).containsExactly(8 * 6, 24 * 6, 5 * 6);
        assertThat(relativeError(found.get(1), Digits.npy(FIXTURES.resolve("frozen.gradient.npy"))))
                .isLessThan(TOLERANCE);
    }

    private static double relativeError(float[] actual, float[] expected) {
        double off = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            off += Math.pow((double) actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(off / size);
    }

    /** By its definition: the sum over a frame's logits is 0, as log-softmax follows. */
    @Test
    void gradientsOfLogitsAddUpToNothing() throws IOException {
        float[] head = gradients(List.of(recordings().get("speech").audio()), Set.of("ctc_lin.w"), 0)
                .get(0)
                .get("ctc_lin.w")
                .get(0);
        for (int f = 0; f < head.length; f += 17) {
            double sum = 0;
            for (int v = 0; v < 17; v++) {
                sum += head[f + v];
            }
            assertThat(sum).as("frame %d", f / 17).isCloseTo(0, within(1e-5));
        }
    }

    /** What the model says of the fixtures is what PyTorch's loss was taken of: nothing, for silence. */
    @Test
    void greedyTokensAreThoseOfTheFixtures() throws IOException {
        try (AcousticModel model = Digits.openFloat()) {
            for (Recording recording : recordings().values()) {
                LogProbs logProbs = model.run(recording.audio().samples());
                assertThat(TorchGradients.greedy(logProbs, 0))
                        .as(recording.name())
                        .containsExactly(recording.tokens());
            }
        }
    }

    @Test
    void greedyTokensHaveNoRepetitionsAndBlanks() {
        float[] rows = new float[6 * 3];
        int[] best = {0, 2, 2, 0, 2, 1};
        for (int f = 0; f < best.length; f++) {
            Arrays.fill(rows, 3 * f, 3 * f + 3, (float) Math.log(0.1));
            rows[3 * f + best[f]] = (float) Math.log(0.8);
        }
        assertThat(TorchGradients.greedy(new LogProbs(rows, 6, 3), 0)).containsExactly(2, 2, 1);
        assertThat(TorchGradients.greedy(new LogProbs(new float[0], 0, 3), 0)).isEmpty();
    }

    @Test
    void badInputIsRefused() throws IOException {
        Audio speech = recordings().get("speech").audio();
        assertThatThrownBy(() -> gradients(List.of(speech), Set.of("encoder.enc.linar2.w"), 0))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("encoder.enc.linear2.w");
        assertThatThrownBy(() -> gradients(List.of(speech), Set.of("ctc_lin.w"), 17))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("blank 17");
        assertThatThrownBy(() -> gradients(List.of(new Audio(new float[399], 16_000)), Set.of("ctc_lin.w"), 0))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("at least 400");
        Path quantized = FIXTURES.resolveSibling("int8").resolve("static-fbgemm.pt");
        assertThatThrownBy(() -> gradients(quantized, List.of(speech), Set.of("lin"), 0))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("quantized already");
        try (OpenModel stored = OpenModel.of(Digits.MODEL.resolveSibling("digits.qv"))) {
            assertThat(stored.gradients()).isEqualTo(Optional.empty());
        }
    }
}
