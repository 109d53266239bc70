package org.quantvoice.internal.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

public class LayerNoiseTest {
    /** Two frames of two channels: signals 2 and 8; noise 0.02 and 0.5, means taken away. */
    private static final float[] BY_FRAME = {1, -1, 5, 1};

    private static final float[] ROUNDED = {1.1f, -1.1f, 6.5f, 1.5f};

    @Test
    void signalAndNoiseAreDeviationsFromTheFramesMean() {
        LayerNoise noise = new LayerNoise();
        noise.add(BY_FRAME, ROUNDED, new long[] {1, 2, 2}, 2);
        assertThat(noise.mean()).isCloseTo(10 * Math.log10(10 / 0.52), within(1e-4));
        assertThat(noise.worst()).isCloseTo(10 * Math.log10(8 / 0.5), within(1e-4));
    }

    @Test
    void convolutionsHaveTheirChannelsFirst() {
        LayerNoise noise = new LayerNoise();
        noise.add(new float[] {1, 5, -1, 1}, new float[] {1.1f, 6.5f, -1.1f, 1.5f}, new long[] {1, 2, 2}, 1);
        assertThat(noise.mean()).isCloseTo(10 * Math.log10(10 / 0.52), within(1e-4));
        assertThat(noise.worst()).isCloseTo(10 * Math.log10(8 / 0.5), within(1e-4));
    }

    @Test
    void noNoiseIsInfinite() {
        LayerNoise noise = new LayerNoise();
        noise.add(BY_FRAME, BY_FRAME, new long[] {2, 2}, 1);
        assertThat(noise.mean()).isInfinite();
        assertThat(noise.worst()).isInfinite();
    }
}
