package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RealTimeFactorTest {
    @Test
    void addsUpTimes() {
        RealTimeFactor factor = new RealTimeFactor();
        assertThat(factor.whole()).isNaN();
        factor.add(10, 0.5, 1);
        factor.add(30, 1.5, 3);
        assertThat(factor.encoder()).isEqualTo(0.05);
        assertThat(factor.whole()).isEqualTo(0.1);
        assertThat(factor.audioSeconds()).isEqualTo(40);
        double[][] wrong = {{0, 1, 1}, {1, -1, 1}, {1, 2, 1}, {1, Double.NaN, 1}, {1, 1, Double.POSITIVE_INFINITY}};
        for (double[] w : wrong) {
            assertThatThrownBy(() -> factor.add(w[0], w[1], w[2])).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
