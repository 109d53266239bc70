package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/** What runs as one step, on graphs that fit and on others that nearly do. */
class FusionTest {
    private final GraphBuilder builder = new GraphBuilder();
    private final Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.symbol("T"), Dim.of(3)));

    @Test
    void anActivationRunsWithItsLayer() {
        Value sum = linear("a", x, LayerPrecision.FLOAT);
        Value gelu = builder.add(Op.GELU, "", Attributes.NONE, sum);
        Graph graph = builder.build(List.of(gelu));
        Fusion fusion = new Fusion(graph);
        assertThat(fusion.activation(node(graph, sum)).isNone()).isFalse();
        assertThat(fusion.isIdentity(node(graph, gelu))).isTrue();
    }

    @Test
    void anActivationStaysAloneWhereTheLayerIsReadTwice() {
        Value sum = linear("a", x, LayerPrecision.FLOAT);
        Value gelu = builder.add(Op.GELU, "", Attributes.NONE, sum);
        Graph graph = builder.build(List.of(builder.add(Op.ADD, "", Attributes.NONE, gelu, sum)));
        assertThat(new Fusion(graph).activation(node(graph, sum)).isNone()).isTrue();
    }

    @Test
    void anActivationStaysAloneWhereTheLayerIsAnOutput() {
        Value sum = linear("a", x, LayerPrecision.FLOAT);
        Value gelu = builder.add(Op.GELU, "", Attributes.NONE, sum);
        Graph graph = builder.build(List.of(gelu, sum));
        assertThat(new Fusion(graph).activation(node(graph, sum)).isNone()).isTrue();
    }

    @Test
    void aResidualThatIsThereBeforeRunsWithTheLayer() {
        Value first = linear("a", x, LayerPrecision.FLOAT);
        Value second = linear("b", first, LayerPrecision.FLOAT);
        Graph graph = builder.build(List.of(builder.add(Op.ADD, "", Attributes.NONE, first, second)));
        Fusion fusion = new Fusion(graph);
        assertThat(fusion.residual(node(graph, second)).map(Fusion.Residual::added))
                .contains(first);
        assertThat(fusion.residual(node(graph, first))).isEmpty();
    }

    @Test
    void aResidualOfAnotherShapeStaysASum() {
        Value row = builder.add(
                Op.SLICE,
                "",
                Attributes.of("axis", 0, "start", Dim.ZERO, "end", Dim.ONE, "step", 1),
                linear("a", x, LayerPrecision.FLOAT));
        Value layer = linear("b", x, LayerPrecision.FLOAT);
        Graph graph = builder.build(List.of(builder.add(Op.ADD, "", Attributes.NONE, layer, row)));
        assertThat(new Fusion(graph).residual(node(graph, layer))).isEmpty();
    }

    @Test
    void aLayerIsNoResidualOfItself() {
        Value layer = linear("a", x, LayerPrecision.FLOAT);
        Graph graph = builder.build(List.of(builder.add(Op.ADD, "", Attributes.NONE, layer, layer)));
        assertThat(new Fusion(graph).residual(node(graph, layer))).isEmpty();
    }

    @Test
    void layersOfOneInputAndPrecisionAreOneProduct() {
        Value a = linear("a", x, LayerPrecision.FLOAT);
        Value b = linear("b", x, LayerPrecision.FLOAT);
        Value c = linear("c", a, LayerPrecision.FLOAT);
        Value d = linear("d", x, new LayerPrecision(LayerPrecision.Kind.BFLOAT16, 1, 0));
        Graph graph = builder.build(List.of(a, b, c, d));
        Fusion fusion = new Fusion(graph);
        assertThat(fusion.siblings(node(graph, a))).containsExactly(node(graph, a), node(graph, b));
        assertThat(fusion.isSkipped(node(graph, b))).isTrue();
        assertThat(fusion.siblings(node(graph, c))).containsExactly(node(graph, c));
        assertThat(fusion.siblings(node(graph, d))).containsExactly(node(graph, d));
    }

    private Value linear(String name, Value in, LayerPrecision precision) {
        Value weight = builder.constant(name, ArrayTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3), true);
        return builder.add(Op.LINEAR, name, precision.in(Attributes.NONE), in, weight);
    }

    private static Node node(Graph graph, Value value) {
        return graph.producer(value).orElseThrow();
    }
}
