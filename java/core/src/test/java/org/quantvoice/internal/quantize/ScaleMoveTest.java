package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** Moving scales changes no bit of what a graph computes, and happens only where nothing else reads the channels. */
public class ScaleMoveTest {
    private static final int WIDTH = 6;
    private static final int TIME = 5;

    /** Builds graphs of norms and layers, and counts the groups that there must be. */
    private static final class Pieces {
        final Random random;
        final GraphBuilder builder = new GraphBuilder();
        final Value input;
        private final Value gamma;
        private int names;

        Pieces(long seed) {
            random = new Random(seed);
            input = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T"), Dim.of(WIDTH)));
            gamma = tensor("shared.gamma", WIDTH);
        }

        private Value tensor(String name, int... shape) {
            long[] dims = java.util.Arrays.stream(shape).asLongStream().toArray();
            float[] values = new float[(int) java.util.Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return builder.constant(name, ArrayTensor.of(values, dims), true);
        }

        Value weight(int... shape) {
            return tensor("w" + names++, shape);
        }

        /** @param kind bare, with a factor, with a bias too, or with a factor that norms share */
        Value norm(Value x, int kind) {
            Attributes attributes = Attributes.of("axes", 1, "eps", 1e-5);
            List<Value> inputs = new ArrayList<>(List.of(x));
            if (kind > 0) {
                inputs.add(kind == 3 ? gamma : weight(WIDTH));
            }
            if (kind > 1) {
                inputs.add(weight(WIDTH));
            }
            return builder.addAll(Op.LAYER_NORM, "norm" + names++, attributes, inputs)
                    .get(0);
        }

        Value linear(Value x, Value weight, boolean biased) {
            List<Value> inputs = new ArrayList<>(List.of(x, weight));
            if (biased) {
                inputs.add(weight(WIDTH));
            }
            return builder.addAll(Op.LINEAR, "linear" + names++, Attributes.NONE, inputs)
                    .get(0);
        }

        Value linear(Value x) {
            return linear(x, weight(WIDTH, WIDTH), random.nextBoolean());
        }

        /** A convolution over time, with channels in front and back again. */
        Value convolution(Value x, int kernel, int groups) {
            Attributes swap = Attributes.of("order", new int[] {0, 2, 1});
            Attributes window = Attributes.of(
                    "stride",
                    new int[] {1},
                    "padding",
                    new int[] {kernel / 2},
                    "dilation",
                    new int[] {1},
                    "groups",
                    groups);
            Value front = builder.add(Op.TRANSPOSE, "", swap, x);
            Value y = builder.add(Op.CONV1D, "conv" + names++, window, front, weight(WIDTH, WIDTH / groups, kernel));
            return builder.add(Op.TRANSPOSE, "", swap, y);
        }

        Value add(Value a, Value b) {
            return builder.add(Op.ADD, "", Attributes.NONE, a, b);
        }

        Value unary(Op op, Value x) {
            return builder.add(op, "", Attributes.NONE, x);
        }

        /** Keeps the channels apart from each other and from the output. */
        Graph build(Value... outputs) {
            List<Value> last = new ArrayList<>();
            for (Value output : outputs) {
                last.add(unary(Op.GELU, output));
            }
            return builder.build(last);
        }
    }

    private static Map<ScaleGroup, float[]> factors(Graph graph, Random random) {
        Map<ScaleGroup, float[]> factors = new LinkedHashMap<>();
        for (ScaleGroup group : ScaleGroups.of(graph)) {
            float[] chosen = new float[group.channels()];
            for (int c = 0; c < chosen.length; c++) {
                chosen[c] = Math.scalb(1f, random.nextInt(17) - 8);
            }
            factors.put(group, chosen);
        }
        return factors;
    }

    private static void requireSame(Graph graph, long seed) {
        Random random = new Random(seed);
        Graph moved = ScaleMove.apply(graph, factors(graph, random));
        float[] x = new float[TIME * WIDTH];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        TensorData input = ArrayTensor.of(x, 1, TIME, WIDTH);
        List<TensorData> before = ReferenceInterpreter.run(graph, input);
        List<TensorData> after = ReferenceInterpreter.run(moved, input);
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i).floats())
                    .as("seed %d, before%n%safter%n%s", seed, graph.print(), moved.print())
                    .containsExactly(before.get(i).floats());
        }
    }

    private static void requireGroups(Graph graph, int count) {
        assertThat(ScaleGroups.of(graph)).as(graph.print()).hasSize(count);
        requireSame(graph, count);
    }

    @Property(tries = 300)
    void noBitOfTheResultChanges(@ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        Pieces p = new Pieces(seed);
        List<Value> made = new ArrayList<>(List.of(p.input));
        List<Value> weights = new ArrayList<>(List.of(p.weight(WIDTH, WIDTH)));
        for (int i = 0; i < 8; i++) {
            Value x = made.get(p.random.nextInt(made.size()));
            Value other = made.get(p.random.nextInt(made.size()));
            weights.add(p.weight(WIDTH, WIDTH));
            made.add(
                    switch (p.random.nextInt(9)) {
                        case 0, 1 -> p.norm(x, p.random.nextInt(4));
                        case 2 -> p.linear(x, weights.get(p.random.nextInt(weights.size())), p.random.nextBoolean());
                        case 3, 4 -> p.linear(p.norm(x, p.random.nextInt(4)));
                        case 5 -> p.convolution(x, 1 + 2 * p.random.nextInt(2), p.random.nextInt(3) == 0 ? 2 : 1);
                        case 6 -> p.add(x, other);
                        case 7 -> p.unary(Op.RELU, x);
                        default -> p.unary(Op.SILU, x);
                    });
        }
        requireSame(p.build(made.get(made.size() - 1), made.get(made.size() / 2)), seed);
    }

    @Test
    void aNormGivesItsScalesToAllLayersBehindIt() {
        for (int kind = 0; kind < 4; kind++) {
            Pieces p = new Pieces(kind);
            Value norm = p.norm(p.input, kind);
            Graph graph = p.build(p.linear(norm), p.linear(norm), p.convolution(norm, 3, 1));
            assertThat(ScaleGroups.of(graph).get(0).layers()).hasSize(3);
            requireGroups(graph, 1);
        }
    }

    @Test
    void aLayerGivesItsScalesWhereNothingIsBetween() {
        Pieces p = new Pieces(1);
        Value first = p.linear(p.input);
        requireGroups(p.build(p.linear(p.unary(Op.RELU, first))), 1);
        Pieces q = new Pieces(2);
        requireGroups(q.build(q.linear(q.unary(Op.SILU, q.linear(q.input)))), 0);
        Pieces r = new Pieces(3);
        requireGroups(r.build(r.linear(r.linear(r.convolution(r.norm(r.input, 2), 3, 1)))), 3);
    }

    @Test
    void anotherReaderOfTheChannelsRulesAGroupOut() {
        Pieces residual = new Pieces(1);
        Value norm = residual.norm(residual.input, 2);
        requireGroups(residual.build(residual.add(norm, residual.linear(norm))), 0);
        Pieces output = new Pieces(2);
        Value seen = output.norm(output.input, 2);
        requireGroups(output.builder.build(List.of(output.unary(Op.GELU, output.linear(seen)), seen)), 0);
        Pieces grouped = new Pieces(3);
        requireGroups(grouped.build(grouped.convolution(grouped.norm(grouped.input, 2), 3, 2)), 0);
    }

    @Test
    void aWeightThatIsUsedElsewhereStaysAsItIs() {
        Pieces p = new Pieces(1);
        Value weight = p.weight(WIDTH, WIDTH);
        Value norm = p.norm(p.input, 2);
        requireGroups(p.build(p.linear(norm, weight, true), p.linear(p.input, weight, false)), 0);
        Pieces q = new Pieces(2);
        Value both = q.weight(WIDTH, WIDTH);
        Value behind = q.norm(q.input, 2);
        requireGroups(q.build(q.linear(behind, both, true), q.linear(behind, both, false)), 1);
    }

    @Test
    void aSharedNormFactorIsCopied() {
        Pieces p = new Pieces(1);
        Value first = p.norm(p.input, 3);
        Value second = p.norm(p.linear(first), 3);
        Graph graph = p.build(p.linear(second));
        requireGroups(graph, 2);
        Graph moved = ScaleMove.apply(graph, factors(graph, new Random(5)));
        List<Node> norms =
                moved.nodes().stream().filter(n -> n.op() == Op.LAYER_NORM).toList();
        assertThat(norms.get(0).input(1).name())
                .isNotEqualTo(norms.get(1).input(1).name());
    }
}
