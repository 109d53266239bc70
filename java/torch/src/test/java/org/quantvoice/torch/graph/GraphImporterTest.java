package org.quantvoice.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** Whole models: what is imported gives PyTorch's recorded results when the reference interpreter runs it. */
class GraphImporterTest {

    private static final Path DIGITS = Fixtures.digits("model/digits-float.pt");
    private static final Dim B = Dim.symbol("B");
    private static final Dim T = Dim.symbol("T");

    static void assertClose(TensorData got, TensorData expected, double tolerance) {
        assertThat(got.shape()).isEqualTo(expected.shape());
        float[] a = got.floats();
        float[] b = expected.floats();
        for (int i = 0; i < a.length; i++) {
            assertThat((double) a[i]).as("element %d of %s", i, got).isCloseTo(b[i], within(tolerance));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"test-theo-16", "test-theo-04"})
    void digitsGiveTheRecordedLogProbs(String id) {
        try (Graph graph = Graphs.importFrom(DIGITS)) {
            TensorData got =
                    ReferenceInterpreter.run(graph, Fixtures.utterance(id)).get(0);
            ArrayTensor recorded = Fixtures.npy(Fixtures.digits("ref/" + id + ".npy"));
            assertClose(got, ArrayTensor.of(recorded.floats(), prepend(1, recorded.shape())), 1e-4);
        }
    }

    private static long[] prepend(long first, long[] rest) {
        long[] all = new long[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    @Test
    void digitsShrinkToTheirOperators() {
        try (Graph graph = Graphs.importFrom(DIGITS)) {
            Map<Op, Long> counts =
                    graph.nodes().stream().collect(Collectors.groupingBy(Node::op, Collectors.counting()));
            assertThat(counts)
                    .containsEntry(Op.CONV1D, 8L)
                    .containsEntry(Op.LINEAR, 1L + 4 * 6 + 3 + 1)
                    .containsEntry(Op.LAYER_NORM, 1L + 7 + 1 + 4 * 2 + 1)
                    .containsEntry(Op.BATCH_NORM, 3L)
                    .containsEntry(Op.GELU, 7L + 1 + 4)
                    .containsEntry(Op.SOFTMAX, 4L)
                    .containsEntry(Op.LOG_SOFTMAX, 1L);
            assertThat(counts.keySet())
                    .isSubsetOf(Set.of(
                            Op.CONV1D,
                            Op.LINEAR,
                            Op.LAYER_NORM,
                            Op.BATCH_NORM,
                            Op.GELU,
                            Op.SOFTMAX,
                            Op.LOG_SOFTMAX,
                            Op.TRANSPOSE,
                            Op.RESHAPE,
                            Op.SLICE,
                            Op.MATMUL,
                            Op.MUL,
                            Op.ADD,
                            Op.LEAKY_RELU));
            assertThat(graph.paths()).contains("encoder.wav2vec2.model.encoder.layers.0.attention.q_proj", "ctc_lin.w");
            assertThat(graph.constants().values()).allMatch(Constant::parameter);
            assertThat(graph.constants())
                    .containsKey("encoder.wav2vec2.model.encoder.layers.3.attention.v_proj.weight");
            assertThat(graph.outputs().get(0).shape().dims())
                    .containsExactly(B, Dim.parse("floor(T + 240, 320) - 1"), Dim.of(17));
        }
    }

    @Test
    void digitsWithLengthsGiveEachUtteranceItsOwnResult() {
        List<InputSpec> arguments =
                List.of(InputSpec.tensor("wavs", DType.FLOAT, B, T), InputSpec.tensor("wav_lens", DType.FLOAT, B));
        float[] samples = Fixtures.utterance("test-theo-16").floats();
        int length = 8000;
        int total = 10_000;
        float[] padded = Arrays.copyOf(Arrays.copyOf(samples, length), total);
        try (Graph alone = Graphs.importFrom(DIGITS);
                Graph batched = Graphs.importMethod(DIGITS, "forward", arguments)) {
            float[] expected = ReferenceInterpreter.run(
                            alone, ArrayTensor.of(Arrays.copyOf(samples, length), 1, length))
                    .get(0)
                    .floats();
            float[] got = ReferenceInterpreter.run(
                            batched,
                            ArrayTensor.of(padded, 1, total),
                            ArrayTensor.of(new float[] {(float) length / total}, 1))
                    .get(0)
                    .floats();
            assertThat(got.length).isGreaterThan(expected.length);
            assertThat(Arrays.copyOf(got, expected.length)).containsExactly(expected, within(1e-4f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wav2vec2-layer", "wav2vec2-group"})
    void tracedModelsGiveTheRecordedLogProbsForAnotherBatchAndLength(String name) {
        try (Graph graph = Graphs.importFrom(Fixtures.path(name + ".pt"))) {
            TensorData got = ReferenceInterpreter.run(graph, Fixtures.npy(name + ".in.npy"))
                    .get(0);
            assertClose(got, Fixtures.npy(name + ".out.npy"), 1e-4);
            List<Constant> computed = graph.constants().values().stream()
                    .filter(c -> !c.parameter())
                    .toList();
            assertThat(computed)
                    .extracting(Constant::name)
                    .as("the folded weight norm")
                    .containsExactly("model.wav2vec2.encoder.pos_conv_embed.conv.weight");
        }
    }

    @Test
    void scriptedConvolutionsRecurrencesAndMasks() {
        List<InputSpec> arguments = List.of(
                InputSpec.tensor("feats", DType.FLOAT, B, T, Dim.of(12)), InputSpec.tensor("lens", DType.INT, B));
        try (Graph graph = Graphs.importMethod(Fixtures.path("mixed.pt"), "forward", arguments)) {
            List<TensorData> got =
                    ReferenceInterpreter.run(graph, Fixtures.npy("mixed.feats.npy"), Fixtures.npy("mixed.lens.npy"));
            assertClose(got.get(0), Fixtures.npy("mixed.probs.npy"), 1e-5);
            assertThat(got.get(1).longs())
                    .isEqualTo(Fixtures.npy("mixed.frames.npy").longs());
            Node lstm = graph.nodes().stream()
                    .filter(n -> n.op() == Op.LSTM)
                    .findFirst()
                    .orElseThrow();
            assertThat(lstm.path()).isEqualTo("lstm");
            assertThat(lstm.input(1).name()).isEqualTo("lstm.weight_ih_l0");
            assertThat(lstm.attributes().flag("state"))
                    .as("a state of zeros is left out")
                    .isFalse();
        }
    }

    @Test
    void scriptedMethodsWithIdsAndStates() {
        Path model = Fixtures.path("mixed.pt");
        List<InputSpec> ids = List.of(InputSpec.tensor("ids", DType.INT, B, Dim.symbol("L")));
        try (Graph graph = Graphs.importMethod(model, "decode", ids)) {
            TensorData got = ReferenceInterpreter.run(graph, Fixtures.npy("mixed.ids.npy"))
                    .get(0);
            assertClose(got, Fixtures.npy("mixed.decoded.npy"), 1e-5);
        }
        List<InputSpec> step = List.of(
                InputSpec.tensor("x", DType.FLOAT, T, Dim.ONE, Dim.of(12)),
                InputSpec.tensor("state", DType.FLOAT, Dim.of(2), Dim.ONE, Dim.of(3)));
        try (Graph graph = Graphs.importMethod(model, "step", step)) {
            List<TensorData> got =
                    ReferenceInterpreter.run(graph, Fixtures.npy("mixed.x.npy"), Fixtures.npy("mixed.state.npy"));
            assertClose(got.get(0), Fixtures.npy("mixed.y.npy"), 1e-5);
            assertClose(got.get(1), Fixtures.npy("mixed.h.npy"), 1e-5);
        }
    }

    @Test
    void theTapSeesEveryValueOnce() {
        List<Integer> seen = new ArrayList<>();
        try (Graph graph = Graphs.importFrom(Fixtures.path("wav2vec2-layer.pt"))) {
            ReferenceInterpreter.run(
                    graph, List.of(ArrayTensor.of(new float[800], 1, 800)), Map.of(), (node, value, data) -> {
                        seen.add(value.id());
                        assertThat(node.outputs()).contains(value);
                    });
            List<Integer> expected =
                    graph.nodes().stream().map(n -> n.output().id()).toList();
            assertThat(seen).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void constantsCannotBeReadOnceTheGraphIsClosed() {
        Graph graph = Graphs.importFrom(Fixtures.path("wav2vec2-layer.pt"));
        TensorData data = graph.constants().values().iterator().next().data();
        assertThat(data.floats()).isNotEmpty();
        assertThatThrownBy(() -> data.read(data.size(), new float[1], 0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(data::longs).isInstanceOf(IllegalStateException.class);
        graph.close();
        graph.close();
        assertThatThrownBy(data::floats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
