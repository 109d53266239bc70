package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.source.OpenModel;
import org.quantvoice.torch.train.QatOptions;
import org.quantvoice.torch.train.QatResult;
import org.quantvoice.torch.train.QuantizationAwareTraining;

/** Quantizing what training has rounded gives the rounded weights again, to the last bit, and the ranges that it saw. */
class TrainedWeightsTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits");
    private static final Vocabulary VOCABULARY = new Vocabulary(
            List.of("<blank>", "|", "e", "f", "g", "h", "i", "n", "o", "r", "s", "t", "u", "v", "w", "x", "z"),
            0,
            OptionalInt.of(1),
            false);

    @TempDir
    Path folder;

    /** The rate is high and the scales stop after the first step, so that the largest levels fall out of use. */
    private QatResult train(int bits, boolean perChannel, int epochs, Path out) {
        QatOptions options = new QatOptions(List.of(""), bits, perChannel, true, epochs, 1, 1e-3, 1, 0, 1);
        Path model = DIGITS.resolve("model/digits-float.pt");
        AudioCorpus corpus = AudioCorpus.tsv(DIGITS.resolve("calib/calib.tsv")).limit(2);
        return new QuantizationAwareTraining(model, VOCABULARY, 16_000, options, 1, Progress.none())
                .run(corpus, () -> false, out);
    }

    private static Quantizer.Result quantize(Graph graph, WeightFormat format, QatResult trained) {
        QuantRecipe recipe = new QuantRecipe(List.of(""), List.of(), ActivationObserver.MIN_MAX, true)
                .withWeights("", format)
                .withRanges(trained.ranges());
        return new Quantizer(graph, recipe).apply(List.of(), (samples, taps) -> Map.of(), Progress.none());
    }

    @ParameterizedTest
    @CsvSource({"4,true,1,4", "3,false,0,8"})
    void quantizingChangesNoWeight(int bits, boolean perChannel, int epochs, int width) {
        changesNoWeight(bits, perChannel, epochs, width);
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "quantvoice.sweep", matches = "true")
    @CsvSource({"2,true,2,2", "4,false,2,4", "4,false,1,7", "6,true,1,6", "8,true,1,8"})
    void quantizingChangesNoWeightOfOtherWidths(int bits, boolean perChannel, int epochs, int width) {
        changesNoWeight(bits, perChannel, epochs, width);
    }

    private void changesNoWeight(int bits, boolean perChannel, int epochs, int width) {
        Path out = folder.resolve("out.pt");
        QatResult trained = train(bits, perChannel, epochs, out);
        assertThat(trained.layers()).hasSize(37);
        assertThat(trained.ranges().byLayer()).hasSize(37);
        try (OpenModel opened = OpenModel.of(out)) {
            Graph graph = opened.graph();
            Graph folded = BatchNormFolding.apply(graph);
            Quantizer.Result plain = quantize(graph, WeightFormat.linear(width), trained);
            Quantizer.Result normed = quantize(folded, WeightFormat.linear(width), trained);
            for (int i = 0; i < plain.nodes().size(); i++) {
                Node node = plain.nodes().get(i);
                QuantizedTensor rounded = weight(plain, node);
                assertThat(rounded.floats())
                        .as(node.path())
                        .isEqualTo(graph.constant(node.input(1))
                                .orElseThrow()
                                .data()
                                .floats());
                assertSameLevels(rounded, weight(normed, normed.nodes().get(i)), node.path());
                assertThat(LayerPrecision.of(node(plain, node)).scale())
                        .isEqualTo(trained.ranges().byLayer().get(node.path()).scale());
            }
        }
    }

    private static Node node(Quantizer.Result result, Node of) {
        return result.graph().producer(result.quantized().get(of.output())).orElseThrow();
    }

    private static QuantizedTensor weight(Quantizer.Result result, Node of) {
        TensorData data =
                result.graph().constant(node(result, of).input(1)).orElseThrow().data();
        return (QuantizedTensor) data;
    }

    /** A norm that is multiplied into a layer may turn signs, and changes scales only. */
    private static void assertSameLevels(QuantizedTensor plain, QuantizedTensor normed, String path) {
        byte[] a = new byte[Math.toIntExact(plain.size())];
        byte[] b = new byte[a.length];
        plain.values(0, a, 0, a.length);
        normed.values(0, b, 0, b.length);
        for (int i = 0; i < a.length; i++) {
            if (Math.abs(a[i]) != Math.abs(b[i])) {
                throw new AssertionError("level " + a[i] + " became " + b[i] + " at " + i + " of " + path);
            }
        }
    }
}
