package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TracedLengthTest {
    private static final int WINDOW = 400;
    private static final int HOP = 320;

    @Test
    void readsTheSizesThatDoNotFit() {
        assertThat(TracedLength.sizes("shape '[1, 49, 32]' is invalid for input of size 3296"))
                .containsExactly(1568L, 3296L);
        assertThat(TracedLength.sizes(
                        "The size of tensor a (103) must match the size of tensor b (49) at non-singleton dimension 1"))
                .containsExactly(103L, 49L);
        assertThat(TracedLength.sizes("mat1 and mat2 shapes cannot be multiplied (1x33287 and 16000x32)"))
                .containsExactly(33287L, 16000L);
        assertThat(TracedLength.sizes("no sizes here, version 2.10")).isEmpty();
        assertThat(TracedLength.sizes("shape '[1, -1, 7]' is invalid for input of size 12"))
                .hasSize(2);
    }

    @Property(tries = 200)
    void findsTheWholeWaveform(@ForAll @IntRange(min = 500, max = 500_000) int traced) {
        assertThat(TracedLength.find(
                        33_287,
                        n -> n == traced
                                ? Optional.empty()
                                : Optional.of("shape '[1, " + traced + "]' is invalid for input of size " + n)))
                .hasValue(traced);
    }

    @Property(tries = 200)
    void findsTheFramesOfOne(@ForAll @IntRange(min = 4, max = 2_000) int frames) {
        int length = TracedLength.find(
                        frames == frames(4_000) ? 8_000 : 4_000,
                        n -> frames(n) == frames
                                ? Optional.empty()
                                : Optional.of("The size of tensor a (" + frames(n)
                                        + ") must match the size of tensor b (" + frames + ")"))
                .orElseThrow();
        assertThat(length).as("the shortest").isEqualTo(WINDOW + HOP * (frames - 1));
    }

    private static int frames(int samples) {
        return samples < WINDOW ? 0 : (samples - WINDOW) / HOP + 1;
    }

    @Test
    void givesUpWhereNothingIsFound() {
        assertThat(TracedLength.find(4_000, n -> Optional.of("a tensor of 3 for 4")))
                .isEmpty();
        assertThat(TracedLength.find(4_000, n -> Optional.of("no kernel"))).isEmpty();
    }
}
