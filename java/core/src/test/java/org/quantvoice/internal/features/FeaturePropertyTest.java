package org.quantvoice.internal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Features of random settings and lengths against their definition, and against themselves in other pieces. */
class FeaturePropertyTest {
    private static final int[] WHISPER_SIZES = {40, 50, 60, 64, 90, 100, 162, 400};

    /** Settings with few points, because the definition is slow. */
    private static FrontEnd settings(Random random) {
        FrontEnd.Kind kind = FrontEnd.Kind.values()[random.nextInt(4)];
        int stack = 1 + random.nextInt(3);
        if (kind == FrontEnd.Kind.WHISPER) {
            int size = WHISPER_SIZES[random.nextInt(WHISPER_SIZES.length)];
            int bins = 1 + random.nextInt(20);
            return new FrontEnd(kind, 16_000, bins, size, 1 + random.nextInt(size), size, 0, false, stack);
        }
        if (kind == FrontEnd.Kind.KALDI) {
            int rate = 3_000 + random.nextInt(8_000);
            int window = rate / 40;
            int bins = 1 + random.nextInt(12);
            int fft = Fbank.transform(window);
            return new FrontEnd(kind, rate, bins, window, rate / 100, fft, 0.97, random.nextBoolean(), stack);
        }
        int fft = 16 << random.nextInt(4);
        int window = fft - random.nextInt(fft / 2);
        int hop = 1 + random.nextInt(window / 2);
        double emphasis = random.nextBoolean() ? 0 : random.nextDouble();
        int bins = 1 + random.nextInt(24);
        return new FrontEnd(kind, 16_000, bins, window, hop, fft, emphasis, random.nextBoolean(), stack);
    }

    /** Noise, sometimes with a pause, in which logarithms meet their floors. */
    private static float[] samples(Random random, FrontEnd settings) {
        float[] samples = new float[random.nextInt(150 * settings.hop())];
        double loudness = Math.pow(10, -4 * random.nextDouble());
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (loudness * (2 * random.nextDouble() - 1));
        }
        if (random.nextInt(4) == 0) {
            Arrays.fill(samples, samples.length / 3, samples.length / 2, 0);
        }
        return samples;
    }

    @Property(tries = 60)
    void featuresAreThoseOfTheDefinition(@ForAll long seed) {
        Random random = new Random(seed);
        FrontEnd settings = settings(random);
        float[] samples = samples(random, settings);
        FrontEnd plain = with(settings, false, 1);
        float[] features = FeatureStream.of(plain, samples);
        requireClose(settings, samples.length, features, PlainFeatures.of(plain, samples));
        if (settings.normalized()) {
            // A bin that hardly changes makes much of the rounding of its logarithms, so this begins at the rounded
            // ones.
            double[][] expected = PlainFeatures.normalized(settings, features);
            features = FeatureStream.of(with(settings, true, 1), samples);
            requireClose(settings, samples.length, features, expected);
        }
        int whole = features.length / settings.size() * settings.size();
        assertThat(FeatureStream.of(settings, samples)).containsExactly(Arrays.copyOf(features, whole));
    }

    private static FrontEnd with(FrontEnd f, boolean normalized, int stack) {
        return new FrontEnd(
                f.kind(), f.sampleRate(), f.bins(), f.window(), f.hop(), f.fft(), f.preEmphasis(), normalized, stack);
    }

    private static void requireClose(FrontEnd settings, int samples, float[] features, double[][] expected) {
        int bins = settings.bins();
        assertThat(features).as("%s, %s samples", settings, samples).hasSize(expected.length * bins);
        for (int i = 0; i < features.length; i++) {
            double value = expected[i / bins][i % bins];
            assertThat((double) features[i])
                    .as("%s, %s samples, frame %s, bin %s", settings, samples, i / bins, i % bins)
                    .isCloseTo(value, within(2e-6 * Math.max(1, Math.abs(value))));
        }
    }

    @Property(tries = 300)
    void howTheSamplesAreCutChangesNoBit(@ForAll long seed) {
        Random random = new Random(seed);
        FrontEnd settings = settings(random);
        float[] samples = samples(random, settings);
        float[] whole = FeatureStream.of(settings, samples);
        FeatureStream stream = new FeatureStream(settings);
        int longest = 1 + random.nextInt(random.nextBoolean() ? 5 : 80 * settings.hop());
        for (int at = 0; at < samples.length; ) {
            int end = Math.min(samples.length, at + random.nextInt(longest + 1));
            float[] piece = Arrays.copyOfRange(samples, at, end);
            stream.accept(piece);
            Arrays.fill(piece, Float.NaN); // the array is the caller's again
            at = end;
        }
        assertThat(stream.finish())
                .as("%s, %s samples", settings, samples.length)
                .containsExactly(whole);
    }

    @Test
    void severalThreadsGetTheSameBits() {
        FrontEnd settings = new FrontEnd(FrontEnd.Kind.NEMO, 16_000, 80, 400, 160, 512, 0.97, true, 1);
        Random random = new Random(3);
        float[][] samples = IntStream.range(0, 16)
                .mapToObj(i -> new float[1_000 + random.nextInt(30_000)])
                .toArray(float[][]::new);
        for (float[] some : samples) {
            for (int i = 0; i < some.length; i++) {
                some[i] = random.nextFloat() - 0.5f;
            }
        }
        float[][] alone =
                Arrays.stream(samples).map(s -> FeatureStream.of(settings, s)).toArray(float[][]::new);
        float[][] together = Arrays.stream(samples)
                .parallel()
                .map(s -> FeatureStream.of(settings, s))
                .toArray(float[][]::new);
        assertThat(together).isDeepEqualTo(alone);
    }

    @Test
    void spectraOfEveryLengthAreThoseOfTheDefinition() {
        for (int length = 4; length <= 512; length += 2) {
            if (RealFft.takes(length)) {
                requireSpectra(length, 1 + length % Lanes.WIDTH);
            }
        }
    }

    private static void requireSpectra(int length, int frames) {
        double[][] signal = new double[frames][];
        double[][] rows = new double[length / 2][2 * Lanes.WIDTH];
        for (int f = 0; f < frames; f++) {
            signal[f] = new Random(31L * length + f).doubles(length, -1, 1).toArray();
            for (int i = 0; i < length; i++) {
                rows[i / 2][f + i % 2 * Lanes.WIDTH] = signal[f][i];
            }
        }
        RealFft fft = new RealFft(length);
        fft.power(rows, frames);
        for (int f : new int[] {0, frames / 2, frames - 1}) {
            double[] power = PlainFeatures.power(signal[f], length);
            for (int k = 0; k < power.length; k++) {
                assertThat(rows[fft.place(k)][f])
                        .as("line %s of %s points, frame %s of %s", k, length, f, frames)
                        .isCloseTo(power[k], within(1e-11 * length));
            }
        }
    }

    @Test
    void logarithmsAreThoseOfMath() {
        Random random = new Random(5);
        for (int i = 0; i < 200_000; i++) {
            double x = i % 2 == 0
                    ? Math.exp(1_400 * random.nextDouble() - 700)
                    : 1 + (random.nextDouble() - 0.5) * Math.pow(10, -random.nextInt(16));
            assertThat(FastLog.ln(x)).as("ln(%s)", x).isCloseTo(Math.log(x), within(3e-13));
        }
    }
}
