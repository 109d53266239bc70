package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.AudioFormatException;

/** The decoder against files that {@link FlacWriter} made in every way the format allows. */
class FlacReaderTest {

    /** Sine, noise, silence, full-scale corners and samples with low bits of zero, in runs of 40. */
    static long[][] signal(int channels, int bits, int n, long seed) {
        Random random = new Random(seed);
        long top = (1L << (bits - 1)) - 1;
        long[][] out = new long[channels][n];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < n; i++) {
                out[c][i] = switch (i / 40 % 5) {
                    case 0 -> Math.round(top * 0.9 * Math.sin(0.07 * i + c));
                    case 1 -> (long) (random.nextGaussian() * top / 40);
                    case 2 -> top / 3;
                    case 3 -> random.nextBoolean() ? top : -top - 1;
                    default -> random.nextLong() >> (65 - bits) & ~3L;
                };
                out[c][i] = Math.max(-top - 1, Math.min(top, out[c][i]));
            }
        }
        return out;
    }

    static float[] mean(long[][] channels, int bits) {
        float[] mean = new float[channels[0].length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (long[] channel : channels) {
                sum += (float) (channel[i] / Math.pow(2, bits - 1));
            }
            mean[i] = (float) (sum / channels.length);
        }
        return mean;
    }

    private static void check(FlacWriter writer, long[][] signal, String what) {
        Audio audio = AudioFiles.read(writer.write(signal), what);
        assertThat(audio.sampleRate()).as(what).isEqualTo(writer.rate);
        assertThat(audio.samples()).as(what).containsExactly(mean(signal, writer.bits));
    }

    @Test
    void decodesEveryBitDepthAndChannelCount() {
        for (int bits = 4; bits <= 32; bits++) {
            for (int channels = 1; channels <= 8; channels++) {
                long seed = 100L * bits + channels;
                check(new FlacWriter(16_000, bits, seed), signal(channels, bits, 700, seed), "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"VERBATIM,0,0", "FIXED,0,4", "LPC,1,32"})
    void decodesEverySubframeOrder(FlacSubframeWriter.Kind kind, int from, int to) {
        for (int order = from; order <= to; order++) {
            for (int bits : new int[] {4, 8, 13, 16, 24, 32}) {
                FlacWriter writer = new FlacWriter(44_100, bits, order);
                writer.blockSize = 256;
                writer.subframe.kind = kind;
                writer.subframe.order = order;
                check(writer, signal(1, bits, 600, order), kind + " order " + order + ", " + bits + " bits");
            }
        }
    }

    @Test
    void decodesConstantBlocks() {
        for (int bits : new int[] {4, 16, 32}) {
            long[] low = new long[1000];
            Arrays.fill(low, -(1L << (bits - 1)));
            FlacWriter writer = new FlacWriter(8_000, bits, bits);
            writer.subframe.kind = FlacSubframeWriter.Kind.CONSTANT;
            writer.assignment = 1;
            check(writer, new long[][] {low, new long[1000]}, bits + " bits");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 10})
    void decodesEveryStereoMode(int assignment) {
        for (int bits = 4; bits <= 32; bits += 4) {
            FlacWriter writer = new FlacWriter(48_000, bits, assignment);
            writer.assignment = assignment;
            check(writer, signal(2, bits, 900, bits), "assignment " + assignment + ", " + bits + " bits");
        }
    }

    @Test
    void decodesEveryResidualCoding() {
        for (int coding = 0; coding < 2; coding++) {
            for (int escape = 0; escape < 2; escape++) {
                for (int partitions = 0; partitions <= 8; partitions++) {
                    FlacWriter writer = new FlacWriter(16_000, 16, partitions);
                    writer.blockSize = 512;
                    writer.subframe.kind = FlacSubframeWriter.Kind.FIXED;
                    writer.subframe.order = 2; // = the length of one of 256 partitions: the first is empty
                    writer.subframe.method = coding;
                    writer.subframe.escape = escape;
                    writer.subframe.partitionOrder = partitions;
                    check(writer, signal(1, 16, 1024, coding), coding + "/" + escape + "/" + partitions);
                }
            }
        }
    }

    @Test
    void decodesEveryBlockSizeCode() {
        int[] sizes = {
            16, 17, 192, 255, 256, 257, 576, 1152, 2304, 4608, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_535
        };
        for (int size : sizes) {
            for (int seed = 0; seed < 3; seed++) {
                FlacWriter writer = new FlacWriter(16_000, 8, seed);
                writer.blockSize = size;
                check(writer, signal(1, 8, size + 1 + seed, seed), "block " + size + ", seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                1, 11_025, 12_345, 655_350, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100,
                48_000, 96_000
            })
    void decodesEverySampleRateCode(int rate) {
        for (int seed = 0; seed < 6; seed++) {
            check(new FlacWriter(rate, 12, seed), signal(1, 12, 300, seed), "seed " + seed);
        }
    }

    /** Also unknown totals, absent MD5, variable blocks, and frame numbers of 1 to 7 bytes. */
    @Test
    void decodesRandomFiles() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int bits = 4 + random.nextInt(29);
            FlacWriter writer = new FlacWriter(16_000, bits, seed);
            writer.variable = random.nextBoolean();
            writer.knownTotal = random.nextBoolean();
            writer.withMd5 = random.nextBoolean();
            writer.firstNumber = (1L << random.nextInt(36)) - 1;
            check(writer, signal(1 + random.nextInt(3), bits, 1 + random.nextInt(1500), seed), "seed " + seed);
        }
    }

    @Test
    void skipsTagsBeforeAndBehind() {
        long[][] signal = signal(1, 16, 500, 1);
        FlacWriter writer = new FlacWriter(16_000, 16, 1);
        writer.knownTotal = false;
        byte[] flac = writer.write(signal);
        byte[] tagged = new byte[10 + 300 + flac.length + 128];
        System.arraycopy(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 44}, 0, tagged, 0, 10); // 2 * 128 + 44 = 300
        System.arraycopy(flac, 0, tagged, 310, flac.length);
        System.arraycopy(new byte[] {'T', 'A', 'G'}, 0, tagged, 310 + flac.length, 3);
        assertThat(AudioFiles.read(tagged, "tagged").samples()).containsExactly(mean(signal, 16));
    }

    @Test
    void refusesSamplesThatAreNotThoseOfTheMd5() {
        byte[] flac = new FlacWriter(16_000, 16, 1).write(signal(1, 16, 500, 1));
        flac[30]++; // in the MD5 of the header: every frame and its CRC is whole
        assertThatThrownBy(() -> AudioFiles.read(flac, "speech.flac"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("speech.flac")
                .hasMessageContaining("MD5");
    }

    @Test
    void refusesMissingFrames() {
        FlacWriter writer = new FlacWriter(16_000, 8, 3);
        writer.blockSize = 100;
        writer.withMd5 = false;
        writer.knownTotal = false;
        byte[] whole = writer.write(signal(1, 8, 300, 3));
        int second = writer.frameStarts.get(1);
        int third = writer.frameStarts.get(2);
        byte[] cut = Arrays.copyOf(whole, whole.length - (third - second));
        System.arraycopy(whole, third, cut, second, whole.length - third);
        assertThatThrownBy(() -> AudioFiles.read(cut, "cut.flac"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("frame number 2 in place of 1");
    }
}
