package org.quantvoice.cli.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.cli.terminal.Noise;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.error.AudioFormatException;

class SpeedTest {
    @Test
    void bestAndMedianAreFractionsOfTheAudio() {
        RunTimes odd = new RunTimes(10, new double[] {3, 1, 2});
        assertThat(odd.rtfMin()).isEqualTo(0.1, within(1e-12));
        assertThat(odd.rtfMedian()).isEqualTo(0.2, within(1e-12));
        RunTimes even = new RunTimes(10, new double[] {4, 1, 8, 2});
        assertThat(even.rtfMin()).isEqualTo(0.1, within(1e-12));
        assertThat(even.rtfMedian()).isEqualTo(0.3, within(1e-12));
    }

    @Test
    void moreCallersThanCoresGetAllTheirRunsDone() {
        try (AcousticModel model = QuantSession.builder().threads(1).acousticModel()) {
            Throughput all = Throughput.measure(model, Noise.of(8000), 0.5, 40, 2);
            assertThat(all.callers()).isEqualTo(40);
            assertThat(all.one()).isPositive().isFinite();
            assertThat(all.together()).isPositive().isFinite();
        }
    }

    @Test
    void whatACallerMeetsIsThrown() {
        AcousticModel model = QuantSession.builder().threads(1).acousticModel();
        try (model) {
            assertThatThrownBy(() -> Throughput.measure(model, Noise.of(10), 0.001, 2, 1))
                    .isInstanceOf(AudioFormatException.class);
        }
        assertThatThrownBy(() -> Throughput.measure(model, Noise.of(8000), 0.5, 2, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
