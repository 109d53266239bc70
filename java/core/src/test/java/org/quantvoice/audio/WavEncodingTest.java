package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.AudioFormatException;

/** Encodings of telephones and old recorders, against other decoders. */
class WavEncodingTest {

    static byte[] resource(String name) {
        try (var in = WavEncodingTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    static float[] samples(byte[] wav) {
        try (AudioStream stream = AudioFiles.open(AudioSource.of(wav, "test.wav"), AudioOptions.DEFAULT)) {
            return drain(stream, 100);
        }
    }

    /** All samples, interleaved, read in blocks. */
    static float[] drain(AudioStream stream, int block) {
        float[] all = new float[64];
        float[] part = new float[block * stream.channels()];
        int size = 0;
        for (int count = stream.read(part); count > 0; count = stream.read(part)) {
            int values = count * stream.channels();
            all = size + values > all.length ? Arrays.copyOf(all, 2 * (size + values)) : all;
            System.arraycopy(part, 0, all, size, values);
            size += values;
        }
        return Arrays.copyOf(all, size);
    }

    static float[] floats(byte[] raw) {
        ByteBuffer in = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        float[] out = new float[raw.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = in.getShort() / 32_768f;
        }
        return out;
    }

    /** All 256 codes of both laws against the JDK's own converter. */
    @ParameterizedTest
    @CsvSource({"6, ALAW", "7, ULAW"})
    void expandsG711AsTheJdkDoes(int tag, String law) throws IOException {
        byte[] codes = new byte[256];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) i;
        }
        AudioFormat format = new AudioFormat(new AudioFormat.Encoding(law), 8_000, 8, 1, 1, 8_000, false);
        AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(codes), format, codes.length);
        AudioFormat target = new AudioFormat(8_000, 16, 1, true, false);
        byte[] expected = AudioSystem.getAudioInputStream(target, in).readAllBytes();
        byte[] wav =
                TestWav.riff(TestWav.chunk("fmt ", TestWav.format(tag, 1, 8_000, 8)), TestWav.chunk("data", codes));
        assertThat(samples(wav)).containsExactly(floats(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ima-1", "ima-2", "ms-1", "ms-2"})
    void decodesAdpcmAsSoxDoes(String name) {
        byte[] expected = resource(name + ".raw");
        float[] decoded = samples(resource(name + ".wav"));
        assertThat(Arrays.copyOf(decoded, expected.length / 2)).containsExactly(floats(expected));
        assertThat(decoded.length - expected.length / 2)
                .as("padding of the last block")
                .isBetween(0, 2 * 1_017);
    }

    /** Cut anywhere: a prefix of the whole, at most a block's group of samples shorter than its bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"ima-1", "ima-2", "ms-1", "ms-2"})
    void decodesCutAdpcmUpToThere(String name) {
        byte[] wav = resource(name + ".wav");
        float[] whole = samples(wav);
        int channels = name.charAt(name.length() - 1) - '0';
        for (int length = 120; length < wav.length; length += 13) {
            float[] cut = samples(Arrays.copyOf(wav, length));
            assertThat(cut).as("%s bytes", length).containsExactly(Arrays.copyOf(whole, cut.length));
            assertThat(cut.length).as("%s bytes", length).isGreaterThanOrEqualTo(2 * (length - 120) - 32 * channels);
        }
    }

    /** Fewer bits than their bytes hold stand at the top (libsndfile and FFmpeg agree). */
    @ParameterizedTest
    @CsvSource({"12, 2, false", "20, 3, false", "24, 4, false", "20, 4, false", "24, 4, true", "12, 2, true"})
    void takesBitsFromTheTopOfTheirBytes(int bits, int bytes, boolean extensible) {
        int[] values = {0, 1, -1, 5, (1 << (bits - 1)) - 1, -(1 << (bits - 1))};
        ByteBuffer data = TestWav.little(bytes * values.length);
        float[] expected = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            long top = (long) values[i] << (8 * bytes - bits);
            data.put(TestWav.little(8).putLong(top).array(), 0, bytes);
            expected[i] = (float) (values[i] / Math.pow(2, bits - 1));
        }
        byte[] format = extensible ? TestWav.extensible(1, 1, 16_000, 8 * bytes) : TestWav.format(1, 1, 16_000, bits);
        if (extensible) {
            format[18] = (byte) bits; // the valid ones
        } else {
            format[12] = (byte) bytes; // a block
        }
        byte[] wav = TestWav.riff(TestWav.chunk("fmt ", format), TestWav.chunk("data", data.array()));
        assertThat(samples(wav)).containsExactly(expected);
    }

    @Test
    void reckonsABlockThatIsLeftOpen() {
        byte[] wav = TestWav.pcm16(16_000, (short) 16_384, (short) -16_384);
        wav[32] = 0;
        assertThat(samples(wav)).containsExactly(0.5f, -0.5f);
    }

    @Test
    void readsAmbisonicSubformats() {
        byte[] format = TestWav.extensible(1, 1, 16_000, 16);
        byte[] tail = {
            0, 0, 0x21, 7, (byte) 0xd3, 0x11, (byte) 0x86, 0x44, (byte) 0xc8, (byte) 0xc1, (byte) 0xca, 0, 0, 0
        };
        System.arraycopy(tail, 0, format, 26, tail.length);
        byte[] wav = TestWav.riff(TestWav.chunk("fmt ", format), TestWav.chunk("data", new byte[] {0, 64}));
        assertThat(samples(wav)).containsExactly(0.5f);
    }

    /** Headers that no encoder writes: each is refused in words, whatever the sizes. */
    @ParameterizedTest
    @CsvSource({
        "17, 1, 0, 4",
        "17, 1, 3, 4",
        "17, 2, 12, 4",
        "17, 1, 256, 3",
        "2, 1, 6, 4",
        "2, 3, 256, 4",
        "2, 1, 256, 8"
    })
    void refusesAdpcmBlocksThatHoldNothing(int tag, int channels, int blockAlign, int bits) {
        byte[] format = TestWav.format(tag, channels, 8_000, 16);
        format[12] = (byte) blockAlign;
        format[13] = (byte) (blockAlign >> 8);
        format[14] = (byte) bits;
        byte[] wav = TestWav.riff(TestWav.chunk("fmt ", format), TestWav.chunk("data", new byte[512]));
        assertThatThrownBy(() -> samples(wav))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("test.wav")
                .hasMessageContaining("blocks of " + blockAlign + " bytes");
    }
}
