package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.qv.QvModel;

/** A run in pieces gives the bits of a run as a whole, and holds a piece at a time. */
class FrugalModelTest {
    private static final List<Integer> LENGTHS = List.of(10, 333, 2000);

    private enum Model {
        TRANSFORMER(SmallModels::transformer),
        FLOATS(SmallModels::floats),
        PACKED(SmallModels::packed),
        RECURRENT(SmallModels::recurrent),
        RECURRENT_FLOATS(SmallModels::recurrentFloats);

        private final Supplier<Graph> graph;

        Model(Supplier<Graph> graph) {
            this.graph = graph;
        }
    }

    private static NativeModel whole(Graph graph) {
        return new NativeModel(new QvModel(graph, Optional.empty(), Map.of()), Optional.empty(), 0, 2, false);
    }

    /** Pieces of one matrix each, and one piece for all. */
    @ParameterizedTest
    @EnumSource
    void theBitsAreThoseOfAWholeRun(Model model) {
        Graph graph = model.graph.get();
        for (long most : new long[] {1, 1 << 10, Long.MAX_VALUE}) {
            try (NativeModel whole = whole(graph);
                    FrugalModel frugal = new FrugalModel(graph, 2, most)) {
                for (int length : LENGTHS) {
                    float[] samples = SmallModels.noise(length);
                    assertThat(frugal.run(samples).data())
                            .as("%s, %d samples, pieces of %d bytes", model, length, most)
                            .isEqualTo(whole.run(samples).data());
                }
            }
        }
    }

    @Test
    void tensorsOnTheWayAreTheSame() {
        Graph graph = SmallModels.floats();
        Set<Value> taps = new LinkedHashSet<>();
        graph.nodes().stream()
                .map(Node::output)
                .filter(v -> v.type() == DType.FLOAT)
                .forEach(taps::add);
        float[] samples = SmallModels.noise(333);
        try (NativeModel whole = whole(graph);
                FrugalModel frugal = new FrugalModel(graph, 2, 1)) {
            Map<Value, float[]> expected = whole.tap(samples, taps);
            Map<Value, float[]> got = frugal.tap(samples, taps);
            assertThat(got.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
            got.forEach((value, data) -> assertThat(Arrays.equals(data, expected.get(value)))
                    .as("%s", value)
                    .isTrue());
        }
    }

    @Test
    void aPieceIsFreedBeforeTheNextIsPacked() {
        Graph graph = SmallModels.transformer();
        PackedWeights weights = PackedWeights.inPieces(graph, 1);
        try (weights) {
            long packed = weights.bytes();
            PackedWeights.Matrix matrix = weights.linear(List.of(graph.nodes().stream()
                    .filter(n -> n.op() == Op.LINEAR)
                    .findFirst()
                    .orElseThrow()));
            assertThat(weights.bytes()).as("nothing is packed ahead").isEqualTo(packed);
            long address = matrix.handle().getAsLong();
            assertThat(matrix.handle().getAsLong()).isEqualTo(address);
            assertThat(weights.bytes()).isGreaterThan(packed);
            weights.forgetMatrices();
            assertThat(weights.bytes()).isEqualTo(packed);
            matrix.handle().getAsLong();
            assertThat(weights.bytes()).isGreaterThan(packed);
        }
    }

    @Test
    void whatIsTooShortIsRefused() {
        try (FrugalModel frugal = new FrugalModel(SmallModels.floats(), 1)) {
            assertThatThrownBy(() -> frugal.requirePlan(1)).isInstanceOf(ModelFormatException.class);
            frugal.requirePlan(10);
        }
    }
}
