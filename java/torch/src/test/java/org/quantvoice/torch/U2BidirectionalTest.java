package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.live.DecoderScores;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.npy.NpyFiles;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Decoders of both directions against what PyTorch says ({@code u2_bidirectional.py}), on both engines. */
final class U2BidirectionalTest {
    private static final Path FOLDER = Path.of("src/test/resources/u2-bidirectional");
    private static final Path FILE = FOLDER.resolve("model.pt");
    private static final int WIDTH = 32;
    private static final double CTC_WEIGHT = 0.5;
    private static final List<Double> WEIGHTS = List.of(0.0, 0.3, 1.0);

    private static Map<Engine, AcousticModel> models;
    private static JsonNode expected;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() throws IOException {
        models = Map.of(
                Engine.LIBTORCH, open(new TorchEngine(), FILE),
                Engine.NATIVE, open(new NativeEngine(), FILE));
        expected = JsonReader.parse(Files.readString(FOLDER.resolve("expected.json")));
    }

    @AfterAll
    static void close() {
        models.values().forEach(AcousticModel::close);
    }

    private static AcousticModel open(EngineProvider engine, Path file) {
        return open(engine, file, List.of(), List.of());
    }

    private static AcousticModel open(EngineProvider engine, Path file, List<String> fixed, List<String> dynamic) {
        Optional<QuantRecipe> recipe = fixed.isEmpty() && dynamic.isEmpty()
                ? Optional.empty()
                : Optional.of(new QuantRecipe(fixed, dynamic, ActivationObserver.HISTOGRAM, true));
        List<Audio> audio = fixed.isEmpty()
                ? List.of()
                : List.of(new Audio(U2Fixture.samples("test-nicolas-17"), U2Fixture.SAMPLE_RATE));
        return engine.open(new ModelRequest(file, recipe, audio, Optional.empty(), 1, Progress.none()));
    }

    private static float[] array(String name) {
        return NpyFiles.read(FOLDER.resolve(name + ".npy")).data();
    }

    private static List<int[]> hypotheses() {
        return expected.get("hyps").items().stream()
                .map(h ->
                        h.items().stream().mapToInt(t -> (int) t.integer(0, 17)).toArray())
                .toList();
    }

    private static double[] numbers(JsonNode list) {
        return list.items().stream().mapToDouble(JsonNode::number).toArray();
    }

    private static DecoderScores decode(AcousticModel model, double reverseWeight) {
        float[] encoder = array("encoder");
        return ((StreamingModel) model).decode(hypotheses(), encoder, encoder.length / WIDTH, reverseWeight);
    }

    /** Of the rows of each hypothesis up to its end; what lies behind it is of no account. */
    private static DoubleSummaryStatistics deviation(DecoderScores scores, float[] got, String name) {
        float[] all = array(name);
        List<int[]> hypotheses = hypotheses();
        int vocabulary = scores.vocabulary();
        int length = all.length / hypotheses.size() / vocabulary;
        DoubleSummaryStatistics deviation = new DoubleSummaryStatistics();
        for (int i = 0; i < hypotheses.size(); i++) {
            for (int j = 0; j < (hypotheses.get(i).length + 1) * vocabulary; j++) {
                double wanted = all[i * length * vocabulary + j];
                deviation.accept(Math.abs(got[i * scores.length() * vocabulary + j] - wanted));
            }
        }
        return deviation;
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void bothDirectionsSayWhatPyTorchSays(Engine engine) {
        AcousticModel model = models.get(engine);
        assertThat(((StreamingModel) model).constants().bidirectional()).isTrue();
        DecoderScores both = decode(model, 0.3);
        assertThat(deviation(both, both.leftToRight(), "left").getMax()).isLessThan(1e-4);
        assertThat(deviation(both, both.rightToLeft(), "right").getMax()).isLessThan(1e-4);
        assertThat(decode(model, 0).rightToLeft()).isNull();
    }

    private static double sum(DecoderScores scores, float[] from, int row, int[] tokens) {
        double sum = 0;
        for (int j = 0; j <= tokens.length; j++) {
            int next = j == tokens.length ? 17 : tokens[j];
            sum += from[(row * scores.length() + j) * scores.vocabulary() + next];
        }
        return sum;
    }

    private static int[] reversed(int[] tokens) {
        return IntStream.range(0, tokens.length)
                .map(i -> tokens[tokens.length - 1 - i])
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void eachWeightHasTheWinnerOfPyTorch(Engine engine) {
        double[] ctc = numbers(expected.get("ctc"));
        List<Integer> winners = new ArrayList<>();
        for (double weight : WEIGHTS) {
            double[] wanted = numbers(expected.get("scores").get(String.valueOf(weight)));
            DecoderScores scores = decode(models.get(engine), weight);
            double[] got = new double[wanted.length];
            for (int i = 0; i < got.length; i++) {
                int[] tokens = hypotheses().get(i);
                double backward = weight == 0 ? 0 : sum(scores, scores.rightToLeft(), i, reversed(tokens));
                got[i] = (1 - weight) * sum(scores, scores.leftToRight(), i, tokens)
                        + weight * backward
                        + CTC_WEIGHT * ctc[i];
                assertThat(got[i]).as("weight %s, hypothesis %d", weight, i).isCloseTo(wanted[i], within(1e-3));
            }
            winners.add(IntStream.range(0, got.length)
                    .boxed()
                    .max(Comparator.comparingDouble(i -> got[i]))
                    .orElseThrow());
        }
        assertThat(winners).containsExactly(5, 2, 4);
    }

    private static StreamEvent.Final hear(AcousticModel model, double reverseWeight) {
        StreamOptions options = StreamOptions.builder()
                .leftChunks(4)
                .reverseWeight(reverseWeight)
                .endpoints(EndpointRules.none())
                .quietTail(false) // PyTorch heard the samples alone
                .build();
        try (TranscriptStream stream = U2Fixture.stream((StreamingModel) model, options)) {
            stream.accept(U2Fixture.samples("test-theo-04"));
            return stream.finish().orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 1})
    void streamsEndAlikeOnBothEngines(double weight) {
        StreamEvent.Final torch = hear(models.get(Engine.LIBTORCH), weight);
        StreamEvent.Final own = hear(models.get(Engine.NATIVE), weight);
        assertThat(own.alternatives()).isEqualTo(torch.alternatives());
        assertThat(own.score()).isCloseTo(torch.score(), within(1e-2));
        double wanted = java.util.Arrays.stream(numbers(expected.get("scores").get(String.valueOf(weight))))
                .max()
                .orElseThrow();
        assertThat(own.score()).as("with features of other arithmetic").isCloseTo(wanted, within(0.1));
    }

    @Test
    void theReverseWeightDecides() {
        AcousticModel model = models.get(Engine.NATIVE);
        assertThat(WEIGHTS.stream().map(w -> hear(model, w).alternatives().get(0)))
                .doesNotHaveDuplicates();
    }

    @Test
    void hypothesesOfAllLengthsAreReversedBehindTheirEnds() {
        float[] encoder = array("encoder");
        List<int[]> mixed =
                List.of(new int[0], new int[] {3}, new int[] {2, 5, 7}, new int[] {4, 4, 9, 1, 6, 2, 8, 3, 5});
        DecoderScores torch =
                ((StreamingModel) models.get(Engine.LIBTORCH)).decode(mixed, encoder, encoder.length / WIDTH, 1);
        DecoderScores own =
                ((StreamingModel) models.get(Engine.NATIVE)).decode(mixed, encoder, encoder.length / WIDTH, 1);
        for (int i = 0; i < mixed.size(); i++) {
            int[] backward = reversed(mixed.get(i));
            assertThat(sum(own, own.rightToLeft(), i, backward))
                    .as("hypothesis %d", i)
                    .isCloseTo(sum(torch, torch.rightToLeft(), i, backward), within(1e-4));
            DecoderScores alone = ((StreamingModel) models.get(Engine.NATIVE))
                    .decode(List.of(mixed.get(i)), encoder, encoder.length / WIDTH, 1);
            assertThat(sum(alone, alone.rightToLeft(), 0, backward))
                    .as("hypothesis %d alone", i)
                    .isCloseTo(sum(own, own.rightToLeft(), i, backward), within(1e-4));
        }
    }

    @Test
    void aFileKeepsBothDirections() {
        Path file = folder.resolve("both.qv");
        AcousticModel model = models.get(Engine.NATIVE);
        model.save(file);
        try (AcousticModel again = open(new NativeEngine(), file)) {
            assertThat(((StreamingModel) again).constants()).isEqualTo(((StreamingModel) model).constants());
            assertThat(decode(again, 0.3).rightToLeft())
                    .isEqualTo(decode(model, 0.3).rightToLeft());
            assertThat(hear(again, 0.3)).isEqualTo(hear(model, 0.3));
        }
    }

    @Test
    void aFileThatLacksTheSecondDecoderIsRefused() throws IOException {
        Path file = folder.resolve("both.qv");
        models.get(Engine.NATIVE).save(file);
        byte[] whole = Files.readAllBytes(file);
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        for (String key : List.of("graph.reverse", "reverse/decoder.right_decoder.output_layer.weight")) {
            byte[] broken = whole.clone();
            broken[text.indexOf(key)] = 'x';
            Files.write(file, broken);
            assertThatThrownBy(() -> open(new NativeEngine(), file)).as(key).isInstanceOf(ModelFormatException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, STATIC", "NATIVE, DYNAMIC", "LIBTORCH, STATIC", "LIBTORCH, DYNAMIC"})
    void int8OfBothDirections(Engine engine, QuantReport.Method method) {
        EngineProvider provider = engine.equals(Engine.NATIVE) ? new NativeEngine() : new TorchEngine();
        List<String> all = List.of("encoder", "ctc", "decoder");
        boolean fixed = method == QuantReport.Method.STATIC;
        try (AcousticModel int8 = open(provider, FILE, fixed ? all : List.of(), fixed ? List.of() : all)) {
            assertThat(int8.report().orElseThrow().layers())
                    .filteredOn(layer -> layer.method() == method)
                    .extracting(layer -> layer.path())
                    .contains("decoder.left_decoder.output_layer", "decoder.right_decoder.output_layer");
            DecoderScores both = decode(int8, 0.3);
            // random weights, so that rounding shows more than in a trained model; log-probs vary by 2.5
            assertThat(deviation(both, both.leftToRight(), "left").getAverage()).isLessThan(0.15);
            assertThat(deviation(both, both.rightToLeft(), "right").getAverage())
                    .isBetween(1e-4, 0.15);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NATIVE", "LIBTORCH"})
    void aModelWithoutThatDecoderIsRefusedTheWeight(Engine engine) {
        EngineProvider provider = engine.equals(Engine.NATIVE) ? new NativeEngine() : new TorchEngine();
        StreamOptions options = StreamOptions.builder().reverseWeight(0.3).build();
        try (AcousticModel model = open(provider, U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"))) {
            assertThatThrownBy(() -> U2Fixture.stream((StreamingModel) model, options))
                    .isInstanceOf(DecoderException.class)
                    .hasMessageContaining("reverseWeight 0.3 for a model without right-to-left decoder");
        }
    }
}
