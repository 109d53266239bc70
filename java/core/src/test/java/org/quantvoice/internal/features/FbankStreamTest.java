package org.quantvoice.internal.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FbankStreamTest {

    @Property(tries = 200)
    void doesNotDependOnHowTheAudioIsCut(@ForAll @IntRange(max = 4_000) int n, @ForAll long seed) {
        Random random = new Random(seed);
        float[] samples = new float[n];
        for (int i = 0; i < n; i++) {
            samples[i] = random.nextFloat() * 2 - 1;
        }
        float[] whole = new Fbank(16_000, 80).accept(samples);
        float[] pieces = new float[whole.length];
        Fbank stream = new Fbank(16_000, 80);
        int longest = 1 + random.nextInt(random.nextBoolean() ? 20 : 1_500);
        int frames = 0;
        for (int from = 0; from < n; ) {
            int count = Math.min(n - from, random.nextInt(longest + 1));
            if (random.nextBoolean()) {
                float[] part = stream.accept(Arrays.copyOfRange(samples, from, from + count));
                System.arraycopy(part, 0, pieces, 80 * frames, part.length);
                frames += part.length / 80;
            } else {
                frames += stream.accept(samples, from, count, pieces, 80 * frames);
            }
            from += count;
        }
        assertThat(80 * frames).isEqualTo(whole.length);
        assertThat(pieces).containsExactly(whole);
    }
}
