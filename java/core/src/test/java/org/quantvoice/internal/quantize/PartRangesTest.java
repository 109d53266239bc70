package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.quant.ActivationRange;
import org.quantvoice.quant.ActivationRanges;

public class PartRangesTest {
    private static final ActivationRange FIRST = new ActivationRange(0.25, 3);
    private static final ActivationRange SECOND = new ActivationRange(0.5, 200);
    private static final QuantRecipe RECIPE =
            new QuantRecipe(List.of("conv"), List.of(), ActivationObserver.MIN_MAX, true);

    /** Two parts that run the same layers on other values. */
    @Test
    void layersThatPartsShareHaveARangeInEach() {
        List<Graph> parts = List.of(SmallModels.floats(), SmallModels.floats());
        PartRanges ranges = new PartRanges(parts);
        ActivationRanges known = new ActivationRanges(Map.of("conv", FIRST, "conv@1", SECOND, "other", FIRST));
        assertThat(ranges.of(0, known).byLayer()).isEqualTo(Map.of("conv", FIRST));
        assertThat(ranges.of(1, known).byLayer()).isEqualTo(Map.of("conv", SECOND));
        List<Graph> int8 =
                List.of(quantized(parts.get(0), ranges.of(0, known)), quantized(parts.get(1), ranges.of(1, known)));
        assertThat(ranges.together(int8.stream()
                                .map(part -> Quantizer.ranges(part, RECIPE))
                                .toList())
                        .byLayer())
                .isEqualTo(Map.of("conv", FIRST, "conv@1", SECOND));
    }

    @Test
    void levelsAreKept() {
        PartRanges ranges = new PartRanges(List.of(SmallModels.floats()));
        ActivationRanges narrow = new ActivationRanges(Map.of("conv", FIRST), Map.of("conv", SECOND), 127);
        assertThat(ranges.of(0, narrow)).isEqualTo(new ActivationRanges(Map.of("conv", FIRST), Map.of(), 127));
    }

    private static Graph quantized(Graph part, ActivationRanges known) {
        return new Quantizer(part, RECIPE.withRanges(known))
                .apply(List.of(), (samples, taps) -> Map.of(), Progress.none())
                .graph();
    }
}
