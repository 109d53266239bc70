package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.AudioFormatException;

/** Truncated, corrupted and lying files: a typed exception with the file's name or a sound result, nothing else. */
class DamagedAudioTest {

    private static byte[] smallFlac(boolean knownTotal, boolean withMd5) {
        return smallWriter(knownTotal, withMd5).write(FlacReaderTest.signal(2, 12, 200, 5));
    }

    private static FlacWriter smallWriter(boolean knownTotal, boolean withMd5) {
        FlacWriter writer = new FlacWriter(16_000, 12, 5);
        writer.blockSize = 64;
        writer.knownTotal = knownTotal;
        writer.withMd5 = withMd5;
        return writer;
    }

    private static byte[] smallWav() {
        return TestWav.pcm16(16_000, (short) 1, (short) -300, (short) 20_000, (short) 5, (short) 6);
    }

    private static Audio readStrictly(byte[] bytes, String name) {
        return AudioFiles.read(AudioSource.of(bytes, name), AudioOptions.DEFAULT.withStrict(true));
    }

    @Test
    void refusesEveryTruncation() {
        for (byte[] whole :
                new byte[][] {smallWav(), smallFlac(true, true), smallFlac(true, false), smallFlac(false, true)}) {
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> readStrictly(cut, "cut.audio"))
                        .as("%s of %s bytes", length, whole.length)
                        .isInstanceOf(AudioFormatException.class)
                        .hasMessageContaining("cut.audio");
            }
        }
    }

    /** The CRCs find each flip in a frame, also without MD5; a flip in the metadata may leave the audio whole. */
    @Test
    void findsEveryFlippedBit() {
        for (boolean withMd5 : new boolean[] {true, false}) {
            byte[] flac = smallFlac(true, withMd5);
            float[] expected = AudioFiles.read(flac, "whole").samples();
            int frames = flac.length - framesLength(withMd5);
            for (int bit = 0; bit < 8 * flac.length; bit++) {
                byte[] flipped = flac.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                Audio audio = readOrRefuse(flipped, "bit " + bit);
                if (bit >= 8 * frames) {
                    assertThat(audio).as("bit %s of %s", bit, 8 * flac.length).isNull();
                } else if (audio != null && bit / 8 >= 26) { // before it, the header tells the rate and the scale
                    assertThat(audio.samples()).as("bit %s", bit).containsExactly(expected);
                }
            }
        }
    }

    private static int framesLength(boolean withMd5) {
        FlacWriter writer = smallWriter(true, withMd5);
        byte[] flac = writer.write(FlacReaderTest.signal(2, 12, 200, 5));
        return flac.length - writer.frameStarts.get(0);
    }

    @Test
    void refusesWhatTheHeapCannotHold() {
        for (long length : new long[] {Integer.MAX_VALUE - 17, 1L << 36}) {
            assertThatThrownBy(() -> SampleBuffer.allocate("long.flac", length))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("long.flac: " + length + " samples");
        }
    }

    @Test
    void survivesManyFlips() {
        Random random = new Random(42);
        byte[][] files = {smallFlac(true, true), smallFlac(false, false), smallWav()};
        int refused = 0;
        for (int round = 0; round < 10_000; round++) {
            byte[] damaged = files[round % files.length].clone();
            for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            refused += readOrRefuse(damaged, "round " + round) == null ? 1 : 0;
        }
        assertThat(refused).isBetween(5_000, 9_999);
    }

    /** Flips inside frames whose checksums are then made right again, so that they reach the decoder's every corner. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void survivesDamageBehindRightChecksums(int channels) {
        int accepted = 0;
        for (int seed = 0; seed < 20; seed++) {
            FlacWriter writer = new FlacWriter(16_000, 16, seed);
            writer.blockSize = 256;
            writer.withMd5 = false;
            writer.knownTotal = false;
            byte[] whole = writer.write(FlacReaderTest.signal(channels, 16, 256, seed));
            for (int round = 0; round < 500; round++) {
                accepted += damageAndRead(whole, writer.frameStarts.get(0), 1_000 * seed + round);
            }
        }
        assertThat(accepted).isBetween(100, 9_900);
    }

    private static int damageAndRead(byte[] whole, int start, int seed) {
        Random random = new Random(seed);
        byte[] damaged = whole.clone();
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            int at = start + 9 + random.nextInt(Math.min(60, whole.length - start - 11));
            damaged[at] ^= (byte) (1 << random.nextInt(8));
        }
        repairCrc16(damaged, start);
        Audio audio = readOrRefuse(damaged, "seed " + seed);
        if (audio == null) {
            return 0;
        }
        float loudest = 0;
        for (float sample : audio.samples()) {
            loudest = Math.max(loudest, Math.abs(sample));
        }
        assertThat(loudest).as("seed %s", seed).isLessThanOrEqualTo(1);
        return 1;
    }

    private static void repairCrc16(byte[] flac, int start) {
        int crc = FlacWriter.crc(Arrays.copyOfRange(flac, start, flac.length - 2), 0x8005, 16);
        flac[flac.length - 2] = (byte) (crc >> 8);
        flac[flac.length - 1] = (byte) crc;
    }

    @Test
    void refusesAWrongHeaderChecksum() {
        FlacWriter writer = new FlacWriter(16_000, 8, 2);
        writer.blockSize = 100;
        writer.withMd5 = false;
        byte[] flac = writer.write(FlacReaderTest.signal(1, 8, 50, 2));
        int start = writer.frameStarts.get(0);
        flac[start + 4] = 9; // the frame's number: any is right for a first frame
        repairCrc16(flac, start);
        check(flac, "CRC-8");
    }

    @Test
    void survivesNoiseBehindAMagicWord() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] noise = new byte[200];
            random.nextBytes(noise);
            byte[] head = round % 2 == 0 ? Arrays.copyOf(smallFlac(false, false), 42) : Arrays.copyOf(smallWav(), 36);
            System.arraycopy(head, 0, noise, 0, head.length);
            readOrRefuse(noise, "round " + round);
        }
    }

    private static Audio readOrRefuse(byte[] bytes, String what) {
        try {
            return readStrictly(bytes, "damaged.audio");
        } catch (AudioFormatException e) {
            assertThat(e).as(what).hasMessageContaining("damaged.audio");
            return null;
        } catch (RuntimeException e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void refusesLyingStreamInfo() {
        byte[] flac = smallFlac(true, false);
        byte[] huge = flac.clone();
        huge[21] |= 0x0f; // 36 bits of total samples
        Arrays.fill(huge, 22, 26, (byte) -1);
        check(huge, "truncated");
        byte[] blockless = flac.clone();
        Arrays.fill(blockless, 8, 12, (byte) 0);
        check(blockless, "blocks of 0 to 0 samples");
        byte[] silentRate = flac.clone();
        Arrays.fill(silentRate, 18, 21, (byte) 0);
        check(silentRate, " 0 Hz");
        byte[] endless = Arrays.copyOf(flac, 46);
        endless[42] = 3;
        Arrays.fill(endless, 43, 46, (byte) -1);
        endless[4] = 0;
        check(endless, "truncated");
    }

    /** 65535 samples of silence in 12 bytes, again and again: a small file that would fill the memory. */
    @Test
    void refusesAFileThatUnpacksWithoutBound() {
        FlacWriter writer = new FlacWriter(16_000, 8, 1);
        writer.blockSize = 65_535;
        writer.withMd5 = false;
        writer.knownTotal = false;
        byte[] part = writer.write(new long[1][65_535 * 20]);
        assertThat(part.length).isLessThan(1_000);
        byte[] bomb = new byte[60 * part.length];
        for (int i = 0; i < 60; i++) {
            System.arraycopy(part, 0, bomb, i * part.length, part.length);
        }
        check(bomb, "samples a byte");
    }

    private static void check(byte[] bytes, String message) {
        assertThatThrownBy(() -> readStrictly(bytes, "lying.flac"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("lying.flac")
                .hasMessageContaining(message);
    }
}
