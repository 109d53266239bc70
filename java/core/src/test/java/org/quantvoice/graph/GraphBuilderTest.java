package org.quantvoice.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.ModelFormatException;

/** Graphs are checked while they are built, and stay short. */
class GraphBuilderTest {

    private static final Dim B = Dim.symbol("B");
    private static final Dim T = Dim.symbol("T");

    private GraphBuilder builder;
    private Value x;

    @BeforeEach
    void begin() {
        builder = new GraphBuilder();
        x = builder.input("x", DType.FLOAT, Shape.of(B, T, Dim.of(4)));
    }

    private Value weight(String name, long... shape) {
        return builder.constant(
                name, ArrayTensor.of(new float[(int) Shape.of(shape).size().constant()], shape), true);
    }

    private static Attributes order(int... order) {
        return Attributes.of("order", order);
    }

    @Test
    void printsOneLineANode() {
        Value y = builder.add(Op.LINEAR, "enc.proj", Attributes.NONE, x, weight("enc.proj.weight", 3, 4));
        Value z = builder.add(Op.SOFTMAX, "", Attributes.of("axis", 2), y);
        assertThat(builder.build(List.of(z)).print())
                .isEqualTo(
                        """
                        graph(x: float[B, T, 4]) {  # 2 nodes, 1 constants
                          %2: float[B, T, 3] = linear(x, enc.proj.weight)  # enc.proj
                          %3: float[B, T, 3] = softmax(%2) {axis=2}
                          return %3
                        }
                        """);
    }

    @Test
    void repeatedAndUselessNodesAreNotAdded() {
        Value a = builder.add(Op.RELU, "a", Attributes.NONE, x);
        assertThat(builder.add(Op.RELU, "b", Attributes.NONE, x)).isEqualTo(a);
        assertThat(builder.add(Op.TRANSPOSE, "", order(0, 1, 2), x)).isEqualTo(x);
        Value turned = builder.add(Op.TRANSPOSE, "", order(0, 2, 1), x);
        assertThat(builder.add(Op.TRANSPOSE, "", order(0, 2, 1), turned)).isEqualTo(x);
        Value flat = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(B, T.times(4))), x);
        assertThat(builder.add(Op.RESHAPE, "", Attributes.of("shape", x.shape().dims()), flat))
                .isEqualTo(x);
        assertThat(builder.add(Op.CAST, "", Attributes.of("type", "float"), x)).isEqualTo(x);
        assertThat(builder.add(Op.MUL, "", Attributes.of("scalar", 1.0), x)).isEqualTo(x);
        Attributes whole = Attributes.of("axis", 1, "start", 0, "end", T, "step", 1);
        assertThat(builder.add(Op.SLICE, "", whole, x)).isEqualTo(x);
    }

    @Test
    void whatNoOutputNeedsIsDropped() {
        Value dead = builder.add(Op.LINEAR, "dead", Attributes.NONE, x, weight("dead.weight", 3, 4));
        builder.add(Op.RELU, "dead", Attributes.NONE, dead);
        Graph graph = builder.build(List.of(builder.add(Op.TANH, "alive", Attributes.NONE, x)));
        assertThat(graph.paths()).containsExactly("alive");
        assertThat(graph.constants()).isEmpty();
        assertThat(graph.producer(graph.outputs().get(0)))
                .contains(graph.nodes().get(0));
        assertThat(graph.producer(x)).isEmpty();
    }

    @Test
    void contradictionsNameOperatorModuleAndShapes() {
        Value wrong = weight("enc.w", 3, 5);
        assertThatThrownBy(() -> builder.add(Op.LINEAR, "enc", Attributes.NONE, x, wrong))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("linear in enc")
                .hasMessageContaining("[3, 5]")
                .hasMessageContaining("equal sizes, not 4 and 5");
    }

    private void refused(Op op, Attributes attributes, Value... operands) {
        assertThatThrownBy(() -> builder.add(op, "", attributes, operands))
                .as("%s %s of %s", op, attributes, List.of(operands))
                .isInstanceOf(ModelFormatException.class);
    }

    @Test
    void malformedNodesOfEveryFamilyAreRefused() {
        Value ids = builder.input("ids", DType.INT, Shape.of(B));
        Value longer = builder.input("longer", DType.FLOAT, Shape.of(B, Dim.of(7), Dim.of(4)));
        Attributes plain = Attributes.of("stride", new int[] {1}, "padding", new int[] {0}, "dilation", new int[] {1});
        refused(Op.LINEAR, Attributes.NONE);
        refused(Op.LINEAR, Attributes.NONE, x);
        refused(Op.LINEAR, Attributes.NONE, ids, weight("w0", 3, 4));
        refused(Op.MATMUL, Attributes.NONE, x, longer);
        refused(Op.CONV1D, plain.with("groups", 1), longer, weight("w1", 2, 5, 3));
        refused(Op.CONV1D, plain, longer, weight("w2", 2, 7, 3));
        refused(Op.CONV1D, plain.with("groups", 0), longer, weight("w3", 2, 7, 3));
        refused(Op.CONV1D, plain.with("groups", 1), longer, weight("w4", 2, 7, 5));
        refused(Op.LAYER_NORM, Attributes.of("axes", 1), x);
        refused(Op.LAYER_NORM, Attributes.of("axes", 4, "eps", 1e-5), x);
        refused(Op.SOFTMAX, Attributes.of("axis", -1), x);
        refused(Op.SOFTMAX, Attributes.of("axis", T), x);
        refused(Op.TRANSPOSE, order(0, 1, 1), x);
        refused(Op.RESHAPE, Attributes.of("shape", List.of(B, Dim.of(35))), longer);
        refused(Op.SLICE, Attributes.of("axis", 1, "start", 0, "end", 8, "step", 1), longer);
        refused(Op.SLICE, Attributes.of("axis", 1, "start", 0, "end", 8, "step", 0), x);
        refused(Op.CONCAT, Attributes.of("axis", 0), x, ids);
        refused(Op.ADD, Attributes.NONE, x);
        refused(Op.ADD, Attributes.NONE, longer, weight("w5", 5, 4));
        refused(Op.AND, Attributes.NONE, x, x);
        refused(Op.GLU, Attributes.of("axis", 1), longer);
        refused(Op.EMBEDDING, Attributes.NONE, weight("w6", 3, 4), x);
        refused(Op.PAD, Attributes.of("pads", new int[] {1, 1}, "mode", "constant", "value", 0.0), x);
        refused(Op.LSTM, Attributes.of("layers", 1), x, weight("w7", 8, 4));
        refused(Op.LSTM, Attributes.of("layers", 0), x);
        refused(Op.ATTENTION, Attributes.of("scale", 1.0), x, x);
        refused(Op.CAST, Attributes.of("type", "half"), x);
        refused(Op.ARANGE, Attributes.of("start", 0, "end", T, "step", 0, "type", "int"));
    }

    @Test
    void foreignValuesInputsAndNames() {
        Value foreign = new GraphBuilder().input("y", DType.FLOAT, Shape.of(B));
        refused(Op.RELU, Attributes.NONE, foreign);
        assertThatThrownBy(() -> builder.build(List.of())).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> builder.input("z", DType.FLOAT, Shape.of(T.plus(1))))
                .isInstanceOf(ModelFormatException.class);
        weight("twice", 1);
        assertThatThrownBy(() -> weight("twice", 1)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void sizesAreBoundFromShapesAndArguments() {
        Dim offset = builder.scalar("offset", 0);
        Value y = builder.add(Op.ADD, "", Attributes.of("scalar", offset), x);
        Graph graph = builder.build(List.of(y));
        Map<String, Long> sizes = graph.sizes(List.of(new long[] {2, 9, 4}), Map.of("offset", 5L));
        assertThat(sizes).containsOnly(Map.entry("B", 2L), Map.entry("T", 9L), Map.entry("offset", 5L));
        for (long[] wrong : new long[][] {{2, 9, 3}, {2, 9}, {0, 9, 4}}) {
            assertThatThrownBy(() -> graph.sizes(List.of(wrong), Map.of("offset", 5L)))
                    .isInstanceOf(ModelFormatException.class);
        }
        assertThatThrownBy(() -> graph.sizes(List.of(new long[] {2, 9, 4}), Map.of()))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> graph.sizes(List.of(new long[] {2, 9, 4}), Map.of("offset", -1L)))
                .isInstanceOf(ModelFormatException.class);
    }
}
