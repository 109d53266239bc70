package org.quantvoice.internal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;

class FbankTest {
    private static final Path TEST = Path.of(System.getProperty("quantvoice.root"), "models", "digits", "test");

    /** Values of a float32 numpy file whose shape is [frames, 80]. */
    private static float[] reference(String name) throws IOException {
        try (InputStream in = FbankTest.class.getResourceAsStream(name + ".feats.npy")) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.position(10 + bytes.getShort(8));
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"test-nicolas-17", "test-theo-04", "test-lucas-16"})
    void equalsTorchaudio(String name) throws IOException {
        float[] expected = reference(name);
        float[] samples = AudioFiles.read(TEST.resolve(name + ".flac")).samples();
        float[] features = new Fbank(16_000, 80).accept(samples);
        assertThat(features).hasSize(80 * ((samples.length - 400) / 160 + 1)).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(features[i] - expected[i]));
        }
        assertThat(worst).isLessThan(1e-3);
    }

    @Test
    void floorsSilence() {
        float[] features = new Fbank(16_000, 80).accept(new float[400]);
        assertThat(features).hasSize(80).containsOnly((float) Math.log(1.1920929e-07));
    }

    @Test
    void hasOtherRates() {
        for (int rate : new int[] {8_000, 11_025, 44_100, 48_000}) {
            float[] tone = new float[rate];
            for (int i = 0; i < rate; i++) {
                tone[i] = (float) Math.sin(2 * Math.PI * 1_000 * i / rate);
            }
            Fbank fbank = new Fbank(rate, 40);
            float[] features = fbank.accept(tone);
            assertThat(features).hasSize(40 * ((rate - fbank.frameLength()) / fbank.frameShift() + 1));
            int loudest = 0;
            for (int bin = 1; bin < 40; bin++) {
                loudest = features[bin] > features[loudest] ? bin : loudest;
            }
            double low = 1127 * Math.log(1 + 20 / 700.0);
            double step = (1127 * Math.log(1 + rate / 1400.0) - low) / 41;
            double place = (1127 * Math.log(1 + 1_000 / 700.0) - low) / step - 1; // centre of bin b stands at b + 1
            assertThat((double) loudest).as("%s Hz", rate).isBetween(place - 1, place + 1);
        }
    }

    @Test
    void allocatesNothingInTheSteadyState() {
        Fbank fbank = new Fbank(16_000, 80);
        float[] samples = new float[1_600];
        float[] out = new float[80 * 11];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        fbank.accept(samples, 0, samples.length, out, 0);
        threads.getThreadAllocatedBytes(id);
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 100; i++) {
            fbank.accept(samples, 0, samples.length, out, 0);
        }
        assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(1_000); // 1,000 frames
    }

    @Test
    void startsAnew() {
        Random random = new Random(1);
        float[] samples = new float[1_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = random.nextFloat() - 0.5f;
        }
        Fbank fbank = new Fbank(16_000, 80);
        float[] first = fbank.accept(samples);
        assertThat(fbank.accept(samples)).isNotEqualTo(first);
        fbank.reset();
        assertThat(fbank.accept(samples)).containsExactly(first);
    }

    @Test
    void refusesBadSettingsAndSamples() {
        for (int[] bad : new int[][] {{0, 80}, {999, 1}, {16_000, 0}, {16_000, 513}, {8_000, 300}}) {
            assertThatThrownBy(() -> new Fbank(bad[0], bad[1]))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(bad[1] + " mel bins at " + bad[0] + " Hz");
        }
        Fbank fbank = new Fbank(16_000, 80);
        float[] samples = new float[400];
        samples[7] = Float.NaN;
        assertThatThrownBy(() -> fbank.accept(samples))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("sample 7 = NaN");
        assertThat(fbank.frames(399)).isZero();
        assertThat(fbank.frames(400)).isEqualTo(1);
        assertThat(fbank.accept(Arrays.copyOf(samples, 5))).isEmpty();
        assertThat(fbank.frames(395)).isEqualTo(1);
    }
}
