package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.TuningReport;

public class OutputStatisticsTest {
    private static final Offset<Double> CLOSE = within(1e-6);

    @Test
    void everyMeasureIsWhatItsNameSays() {
        List<float[]> exact = List.of(new float[] {1, -2, 3}, new float[] {-4});
        List<float[]> rounded = List.of(new float[] {1, -2, 2}, new float[] {-2});
        Map<Sensitivity, Double> values = OutputStatistics.of(exact, rounded).values();
        assertThat(values.get(Sensitivity.MEAN)).isCloseTo(2.5, CLOSE);
        assertThat(values.get(Sensitivity.MEDIAN)).isCloseTo(2.5, CLOSE);
        assertThat(values.get(Sensitivity.MAX)).isCloseTo(4, CLOSE);
        assertThat(values.get(Sensitivity.L1)).isCloseTo(3.0 / 4, CLOSE);
        assertThat(values.get(Sensitivity.L2)).isCloseTo(Math.sqrt(5.0 / 4), CLOSE);
        assertThat(values.get(Sensitivity.COSINE)).isCloseTo(1 - 19 / Math.sqrt(30 * 13), CLOSE);
        // With half a value more in each of 64 bins there are 36: those of 3 and -4 become empty, that of -2 gets two,
        // that
        // of 2 its first.
        double lost = 2 * (1.5 / 36) * Math.log(1.5 / 0.5);
        double gained = 1.5 / 36 * Math.log(1.5 / 2.5) + 0.5 / 36 * Math.log(0.5 / 1.5);
        assertThat(values.get(Sensitivity.KL)).isCloseTo(lost + gained, CLOSE);
    }

    @Test
    void anExactLayerHasNoDistance() {
        List<float[]> exact = List.of(new float[] {0.5f, 0, -7, 3});
        Map<Sensitivity, Double> values = OutputStatistics.of(exact, exact).values();
        for (Sensitivity distance : List.of(Sensitivity.L1, Sensitivity.L2, Sensitivity.COSINE, Sensitivity.KL)) {
            assertThat(values.get(distance)).as(distance.name()).isCloseTo(0, CLOSE);
        }
    }

    @Test
    void constantAndSilentOutputsAreMeasuredToo() {
        List<float[]> silent = List.of(new float[10]);
        TuningReport.Statistics statistics =
                OutputStatistics.of(silent, List.of(new float[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
        assertThat(statistics.values().values()).allMatch(Double::isFinite);
        assertThat(statistics.values().get(Sensitivity.COSINE)).isEqualTo(1);
        assertThat(statistics.counts().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(10);
    }
}
