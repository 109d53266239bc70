package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

public class ShortestInputTest {
    @Property
    void findsTheThreshold(
            @ForAll @IntRange(min = 2, max = 30000) int least, @ForAll @IntRange(min = 0, max = 29999) int tried) {
        int failed = tried % least;
        assertThat(ShortestInput.find(failed, n -> n >= least)).isEqualTo(least);
    }

    @Property
    void givesUpWhenLengthIsNotTheCause(@ForAll @IntRange(min = 1, max = 100000) int failed) {
        assertThat(ShortestInput.find(failed, n -> false)).isEqualTo(failed);
    }
}
