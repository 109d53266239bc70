package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.AudioFormatException;

class ResamplerTest {

    private static float[] tone(double hertz, int rate, int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / rate + 0.3));
        }
        return out;
    }

    private static double rms(float[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) x[i] * x[i];
        }
        return Math.sqrt(sum / (to - from));
    }

    private static double decibels(double ratio) {
        return 20 * Math.log10(ratio);
    }

    /** A tone in the passband comes out as the same tone, sampled at the new rate: amplitude and phase. */
    @ParameterizedTest
    @CsvSource({
        "8000, 16000",
        "16000, 8000",
        "44100, 16000",
        "48000, 16000",
        "16000, 44100",
        "11025, 16000",
        "22050, 16000",
        "96000, 16000",
        "16000, 15999",
        "44099, 16000",
        "8001, 16000",
        "655349, 16000",
        "4000, 16000"
    })
    void keepsThePassband(int source, int target) {
        int lower = Math.min(source, target);
        for (double part : new double[] {0.001, 0.1, 0.25, 0.5, 0.8, 0.9}) {
            double hertz = part * lower / 2;
            Audio out = Resampler.resample(new Audio(tone(hertz, source, source / 2), source), target);
            float[] expected = tone(hertz, target, out.samples().length);
            int edge = (int) (80L * target / lower);
            double worst = 0;
            for (int i = edge; i < expected.length - edge; i++) {
                worst = Math.max(worst, Math.abs(out.samples()[i] - expected[i]));
            }
            assertThat(worst).as("%s Hz", hertz).isLessThan(0.5 * 1e-4); // 80 dB under the tone
        }
    }

    /** A tone above the new Nyquist frequency must vanish, at least 80 dB. */
    @ParameterizedTest
    @CsvSource({"16000, 8000", "44100, 16000", "48000, 16000", "22050, 16000", "44099, 16000", "96000, 8000"})
    void removesAliases(int source, int target) {
        for (double part : new double[] {1.0, 1.01, 1.1, 1.3, 1.7, 1.95}) {
            double hertz = part * target / 2;
            if (hertz < source / 2.0) {
                float[] out = Resampler.resample(new Audio(tone(hertz, source, source), source), target)
                        .samples();
                double level = rms(out, 100, out.length - 100) / (0.5 / Math.sqrt(2));
                assertThat(decibels(level)).as("%s Hz", hertz).isLessThan(-80);
            }
        }
    }

    /** Upsampling must not leave mirror images above the old Nyquist frequency; measured by projection on the image. */
    @ParameterizedTest
    @CsvSource({"8000, 16000", "11025, 16000", "16000, 48000"})
    void removesImages(int source, int target) {
        for (double part : new double[] {0.2, 0.5, 0.9}) {
            double hertz = part * source / 2;
            float[] out = Resampler.resample(new Audio(tone(hertz, source, source), source), target)
                    .samples();
            double image = source - hertz;
            double re = 0;
            double im = 0;
            double weights = 0;
            for (int i = 200; i < out.length - 200; i++) {
                double weight =
                        Math.pow(Math.sin(Math.PI * (i - 200) / (out.length - 400)), 4); // leakage of the tone itself
                re += weight * out[i] * Math.cos(2 * Math.PI * image * i / target);
                im += weight * out[i] * Math.sin(2 * Math.PI * image * i / target);
                weights += weight;
            }
            double amplitude = 2 * Math.hypot(re, im) / weights;
            assertThat(decibels(amplitude / 0.5)).as("%s Hz", hertz).isLessThan(-80);
        }
    }

    @Test
    void hasLinearPhase() {
        float[] pulse = new float[401];
        pulse[200] = 1;
        float[] out = Resampler.resample(new Audio(pulse, 16_000), 48_000).samples();
        for (int d = 1; d < 500; d++) {
            assertThat(out[600 - d]).as("%s from the centre", d).isCloseTo(out[600 + d], offset(1e-7f));
        }
    }

    /** Against the definition: a sum over all inputs in double precision with the filter computed from its formula. */
    @Test
    void equalsTheDefinition() {
        int[][] rates = {
            {8_000, 16_000},
            {44_100, 16_000},
            {16_000, 11_025},
            {44_099, 16_000},
            {8_001, 16_000},
            {655_349, 16_000},
            {16_000, 767_999}
        };
        for (int[] rate : rates) {
            Random random = new Random(rate[0]);
            float[] in = new float[900];
            for (int i = 0; i < in.length; i++) {
                in[i] = random.nextFloat() * 2 - 1;
            }
            float[] out = Resampler.resample(new Audio(in, rate[0]), rate[1]).samples();
            double ratio = Math.min(1, (double) rate[1] / rate[0]);
            for (int m = 0; m < out.length; m += Math.max(7, out.length / 128)) {
                double sum = 0;
                for (int k = 0; k < in.length; k++) {
                    double t = (double) m * rate[0] / rate[1] - k;
                    sum += in[k] * 0.95 * ratio * sinc(0.95 * ratio * t) * kaiser(t * ratio / 64, 0.1102 * 91.3);
                }
                assertThat((double) out[m]).as("%s at %s Hz", m, rate[0]).isCloseTo(sum, offset(2e-5));
            }
        }
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** I0 by its integral, (1/pi) times that of exp(x cos a) over half a turn: not the series the table is made by. */
    private static double kaiser(double u, double beta) {
        return Math.abs(u) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - u * u)) / bessel(beta);
    }

    private static double bessel(double x) {
        double sum = 0;
        for (int i = 0; i < 64; i++) {
            sum += Math.exp(x * Math.cos(Math.PI * (i + 0.5) / 64));
        }
        return sum / 64;
    }

    @Test
    void keepsAConstant() {
        float[] ones = new float[2_000];
        Arrays.fill(ones, 1);
        float[] out = Resampler.resample(new Audio(ones, 44_100), 16_000).samples();
        for (int i = 100; i < out.length - 100; i++) {
            assertThat(out[i]).isCloseTo(1, offset(2e-6f));
        }
    }

    @Test
    void lagsByLittle() {
        Resampler stream = Resampler.stream(8_000, 16_000);
        assertThat(stream.accept(new float[800])).hasSize(2 * (800 - 64));
        assertThat(stream.accept(new float[0])).isEmpty();
        assertThat(stream.finish()).hasSize(128);
        assertThat(Resampler.stream(8_000, 16_000).finish()).isEmpty();
    }

    @Test
    void returnsTheSameAudioAtTheSameRate() {
        Audio audio = new Audio(new float[] {1, 2, 3}, 16_000);
        assertThat(Resampler.resample(audio, 16_000)).isSameAs(audio);
    }

    @Test
    void refusesBadRatesAndSamples() {
        for (int[] rate : new int[][] {{0, 16_000}, {16_000, -1}, {124, 16_000}, {768_000, 1}}) {
            assertThatThrownBy(() -> Resampler.stream(rate[0], rate[1]))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining(rate[0] + " to " + rate[1] + " Hz");
        }
        Resampler stream = Resampler.stream(8_000, 16_000);
        assertThatThrownBy(() -> stream.accept(new float[] {0, Float.POSITIVE_INFINITY}))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("sample 1 = Infinity");
        assertThat(stream.finish()).isEmpty();
        assertThatThrownBy(() -> stream.accept(new float[1])).isInstanceOf(IllegalStateException.class);
    }
}
