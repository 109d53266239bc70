package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.AudioFormatException;

class WavReaderTest {

    @ParameterizedTest
    @CsvSource({"1,8", "1,16", "1,24", "1,32", "3,32", "3,64"})
    void readsEveryEncoding(int tag, int bits) {
        for (int channels : new int[] {1, 2, 3, 6}) {
            for (boolean extensible : new boolean[] {false, true}) {
                int rate = 8_000 + 137 * channels;
                ByteBuffer data = TestWav.little(channels * bits / 8 * 501);
                float[] expected = fill(data, tag, bits, channels);
                byte[] format = extensible
                        ? TestWav.extensible(tag, channels, rate, bits)
                        : TestWav.format(tag, channels, rate, bits);
                Audio audio = AudioFiles.read(
                        TestWav.riff(
                                TestWav.chunk("LIST", new byte[7]),
                                TestWav.chunk("fmt ", format),
                                TestWav.chunk("data", data.array()),
                                TestWav.chunk("id3 ", new byte[3])),
                        "test.wav");
                assertThat(audio.sampleRate()).isEqualTo(rate);
                assertThat(audio.samples()).as("%s channels", channels).containsExactly(expected);
            }
        }
    }

    /** Random samples with both extremes; returns the mean of the channels by the definition of each encoding. */
    private static float[] fill(ByteBuffer data, int tag, int bits, int channels) {
        Random random = new Random(bits);
        float[] mean = new float[data.capacity() * 8 / bits / channels];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                long sample =
                        i == 0 ? -1L << (bits - 1) : i == 1 ? ~(-1L << (bits - 1)) : random.nextLong() >> (64 - bits);
                double value = sample / Math.pow(2, bits - 1);
                if (tag == 3) {
                    data.put(
                            bits == 32
                                    ? TestWav.little(4).putFloat((float) value).array()
                                    : TestWav.little(8).putDouble(value).array());
                    value = bits == 32 ? (float) value : value;
                } else {
                    data.put(
                            TestWav.little(8)
                                    .putLong(bits == 8 ? sample + 128 : sample)
                                    .array(),
                            0,
                            bits / 8);
                }
                sum += (float) value;
            }
            mean[i] = (float) (sum / channels);
        }
        return mean;
    }

    @Test
    void readsRf64AndPipedFiles() {
        byte[] data = {0, 64, 0, -64};
        float[] expected = {0.5f, -0.5f};
        byte[] sizes =
                TestWav.little(28).putLong(0).putLong(4).putLong(2).putInt(0).array();
        byte[] rf64 = TestWav.riff(
                TestWav.chunk("ds64", sizes),
                TestWav.chunk("fmt ", TestWav.format(1, 1, 16_000, 16)),
                TestWav.chunk("data", data));
        System.arraycopy("RF64".getBytes(StandardCharsets.US_ASCII), 0, rf64, 0, 4);
        fillUnknown(rf64, 4);
        fillUnknown(rf64, rf64.length - 8);
        assertThat(AudioFiles.read(rf64, "rf64").samples()).containsExactly(expected);

        byte[] piped = TestWav.pcm16(16_000, (short) 16_384, (short) -16_384);
        fillUnknown(piped, 4);
        fillUnknown(piped, piped.length - 8);
        assertThat(AudioFiles.read(piped, "piped").samples()).containsExactly(expected);
    }

    private static void fillUnknown(byte[] wav, int at) {
        Arrays.fill(wav, at, at + 4, (byte) -1);
    }

    @Test
    void readsFilesAndStreamsAlike(@TempDir Path dir) throws IOException {
        byte[] wav = TestWav.pcm16(11_025, (short) 1, (short) -2, (short) 3);
        Path file = Files.write(dir.resolve("name-without-suffix"), wav);
        float[] expected = {1 / 32_768f, -2 / 32_768f, 3 / 32_768f};
        assertThat(AudioFiles.read(file).samples()).containsExactly(expected);
        assertThat(AudioFiles.read(new ByteArrayInputStream(wav), "stream").samples())
                .containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // byte, value, message
        "22, 0, 0 channels",
        "32, 3, blocks of 3 bytes",
        "34, 7, 7 bits in blocks of 2 bytes",
        "32, 4, blocks of 4 bytes",
        "20, 7, mu-law",
        "20, 2, ADPCM",
        "27, 255, Hz",
        "40, 255, of which the file holds 4",
        "43, 127, of which the file holds 4",
        "40, 3, 1 bytes at the end of a data chunk of 3",
        "12, 65, no format chunk",
        "36, 65, without a data chunk",
        "16, 255, of which the file holds 28",
        "16, 14, format chunk of 14 bytes",
    })
    void refusesLyingHeaders(int at, int value, String message) {
        byte[] wav = TestWav.pcm16(16_000, (short) 1, (short) 2);
        wav[at] = (byte) value;
        assertThatThrownBy(
                        () -> AudioFiles.read(AudioSource.of(wav, "lying.wav"), AudioOptions.DEFAULT.withStrict(true)))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("lying.wav")
                .hasMessageContaining(message);
    }

    @Test
    void refusesAbsurdRates() {
        for (int rate : new int[] {0, -1, Integer.MIN_VALUE, 768_001}) {
            assertThatThrownBy(() -> AudioFiles.read(TestWav.pcm16(rate, (short) 1), "rate.wav"))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("rate.wav")
                    .hasMessageContaining((rate & 0xffff_ffffL) + " Hz");
        }
    }

    @Test
    void refusesEmptyAudioAndSamplesThatAreNotNumbers() {
        assertThatThrownBy(() -> AudioFiles.read(TestWav.pcm16(16_000), "empty.wav"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("empty.wav: audio of 0 samples");
        byte[] data =
                TestWav.little(12).putFloat(0).putFloat(Float.NaN).putFloat(1).array();
        byte[] nan = TestWav.riff(TestWav.chunk("fmt ", TestWav.format(3, 1, 16_000, 32)), TestWav.chunk("data", data));
        assertThatThrownBy(() -> AudioFiles.read(nan, "nan.wav"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("nan.wav: sample 1 = NaN");
    }

    @Test
    void saysWhatAnUnknownFileIs(@TempDir Path dir) {
        check(new byte[0], "an empty file");
        check(new byte[] {(byte) 0xff, (byte) 0xfb, 0, 0}, "an MPEG audio file");
        check(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 1, 0, 9}, "an MPEG audio file");
        check("OggS....".getBytes(StandardCharsets.US_ASCII), "an Ogg file");
        check("....ftypM4A ".getBytes(StandardCharsets.US_ASCII), "an MP4 file");
        check(new byte[] {1, 2}, "starts with bytes 01 02");
        check(new byte[] {'I', 'D', '3', 4, 0, 0, 127, 127, 127, 127, 'f', 'L', 'a', 'C'}, "a tag and no audio");
        assertThatThrownBy(() -> AudioFiles.read(dir.resolve("none.wav")))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("none.wav");
        assertThatThrownBy(() -> AudioFiles.read(dir))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining(dir.toString());
    }

    private static void check(byte[] bytes, String message) {
        assertThatThrownBy(() -> AudioFiles.read(bytes, "some.bin"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("some.bin: a")
                .hasMessageContaining(message);
    }
}
