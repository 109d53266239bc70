package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Op;

/**
 * Each operator with all its optional inputs, as the native engine plans it, against the reference interpreter. What the engine
 * does not take is refused by name; it is never computed as something else.
 */
class PlannedOperatorsTest {
    private static final List<Long> LENGTHS = List.of(1L, 5L, 12L);

    static List<PlannedCase> cases() {
        return PlannedCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void thePlanGivesWhatTheReferenceGives(PlannedCase operator) {
        try (Graph graph = operator.graph()) {
            for (long length : LENGTHS) {
                PlannedGraph.compare(graph, sizes(length), length);
            }
        }
    }

    private static Map<String, Long> sizes(long length) {
        Map<String, Long> sizes = new HashMap<>(Map.of("T", length));
        sizes.put("T4", length + 3); // as long as the widest padding reflects
        return sizes;
    }

    @Test
    void weightsThatAreComputedAreRefusedByName() {
        Attributes attributes = Attributes.of(
                "stride", new int[] {1}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        try (Graph graph =
                PlannedCase.of(Op.CONV1D, attributes, "f 1 4 T4", "f 6 4 3").graph()) {
            assertThatThrownBy(() -> PlannedGraph.compare(graph, sizes(5), 1))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("conv1d with weights that are computed at layer");
        }
    }

    @Test
    void everyOperatorHasACase() {
        Set<Op> covered = cases().stream().map(PlannedCase::op).collect(Collectors.toSet());
        assertThat(covered)
                .as("all but the front end, which Java computes before the program")
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Op.FRONT_END)));
    }
}
