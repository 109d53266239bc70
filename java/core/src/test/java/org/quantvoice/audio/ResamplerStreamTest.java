package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ResamplerStreamTest {

    @Property(tries = 200)
    void doesNotDependOnHowTheInputIsCut(
            @ForAll @IntRange(min = 0, max = 9) int pair,
            @ForAll @IntRange(min = 1, max = 3_000) int n,
            @ForAll long seed) {
        int[][] rates = {
            {8_000, 16_000},
            {16_000, 8_000},
            {44_100, 16_000},
            {48_000, 16_000},
            {16_000, 16_000},
            {44_099, 16_000},
            {11_025, 16_000},
            {16_000, 44_100},
            {16_000, 125},
            {655_349, 16_000}
        };
        int source = rates[pair][0];
        int target = rates[pair][1];
        Random random = new Random(seed);
        float[] in = new float[n];
        for (int i = 0; i < n; i++) {
            in[i] = random.nextFloat() * 2 - 1;
        }
        float[] whole = Resampler.resample(new Audio(in, source), target).samples();
        assertThat(whole).hasSize((int) (((long) n * target + source - 1) / source));
        float[] pieces = new float[whole.length];
        int written = 0;
        Resampler stream = Resampler.stream(source, target);
        int longest = 1 + random.nextInt(random.nextBoolean() ? 5 : 1_000);
        for (int from = 0; from < n; ) {
            int to = Math.min(n, from + random.nextInt(longest + 1));
            written = put(stream.accept(Arrays.copyOfRange(in, from, to)), pieces, written);
            from = to;
        }
        assertThat(put(stream.finish(), pieces, written)).isEqualTo(whole.length);
        assertThat(pieces).containsExactly(whole);
    }

    private static int put(float[] part, float[] all, int at) {
        System.arraycopy(part, 0, all, at, part.length);
        return at + part.length;
    }
}
