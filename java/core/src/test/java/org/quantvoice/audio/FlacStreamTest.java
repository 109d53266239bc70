package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.TruncatedAudioException;

/** FLAC files as tools that stream, tag, cut and join leave them. */
class FlacStreamTest {
    private static final long[][] SIGNAL = FlacReaderTest.signal(1, 16, 900, 7);

    private static FlacWriter writer(int rate, boolean knownTotal) {
        FlacWriter writer = new FlacWriter(rate, 16, 3);
        writer.blockSize = 256;
        writer.knownTotal = knownTotal;
        return writer;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static float[] read(byte[] flac, boolean strict) {
        return AudioFiles.read(AudioSource.of(flac, "test.flac"), AudioOptions.DEFAULT.withStrict(strict))
                .samples();
    }

    private static float[] twice(float[] once) {
        float[] both = Arrays.copyOf(once, 2 * once.length);
        System.arraycopy(once, 0, both, once.length, once.length);
        return both;
    }

    @Test
    void readsJoinedFilesOneAfterTheOther() {
        float[] once = FlacReaderTest.mean(SIGNAL, 16);
        for (boolean known : new boolean[] {true, false}) {
            byte[] flac = writer(16_000, known).write(SIGNAL);
            assertThat(read(join(flac, flac), true)).as("known: %s", known).containsExactly(twice(once));
        }
    }

    @Test
    void readsUpToWhereTheRateChanges() {
        byte[] flac =
                join(writer(16_000, true).write(SIGNAL), writer(48_000, true).write(SIGNAL));
        assertThat(read(flac, false)).containsExactly(FlacReaderTest.mean(SIGNAL, 16));
        assertThatThrownBy(() -> read(flac, true))
                .isInstanceOf(TruncatedAudioException.class)
                .hasMessageContaining("a second stream of 48000 Hz and 1 channels at byte");
    }

    @Test
    void readsAllFramesWhereTheHeaderCountsTooFew() {
        byte[] flac = writer(16_000, true).write(SIGNAL);
        flac[25] -= 100; // the count's lowest byte
        assertThat(read(flac, true)).containsExactly(FlacReaderTest.mean(SIGNAL, 16));
    }

    @Test
    void endsWhereSomethingElseFollows() {
        float[] expected = FlacReaderTest.mean(SIGNAL, 16);
        byte[] open = writer(16_000, false).write(SIGNAL);
        byte[] known = writer(16_000, true).write(SIGNAL);
        byte[] zeros = new byte[1_000];
        byte[] ape = Arrays.copyOf("APETAGEX".getBytes(StandardCharsets.US_ASCII), 32);
        assertThat(read(join(known, zeros), true)).containsExactly(expected);
        assertThat(read(join(open, ape), true)).containsExactly(expected);
        assertThat(read(join(open, zeros), false)).containsExactly(expected);
        assertThatThrownBy(() -> read(join(open, zeros), true))
                .isInstanceOf(TruncatedAudioException.class)
                .hasMessageContaining("something other than a frame at byte " + open.length);
    }

    @Test
    void readsACutFileUpToTheLastWholeFrame() {
        FlacWriter writer = writer(16_000, true);
        byte[] flac = writer.write(SIGNAL);
        byte[] cut = Arrays.copyOf(flac, writer.frameStarts.get(2) + 9);
        assertThat(read(cut, false)).containsExactly(Arrays.copyOf(FlacReaderTest.mean(SIGNAL, 16), 512));
        byte[] between = Arrays.copyOf(flac, writer.frameStarts.get(2));
        assertThatThrownBy(() -> read(between, true))
                .isInstanceOf(TruncatedAudioException.class)
                .hasMessageContaining("ends after 512 of 900 samples")
                .hasMessageContaining("(0.032 s into the recording)");
    }

    /** A picture of 10 MB in a tag is passed over, from a pipe too, and is never held in memory. */
    @Test
    void skipsATagOf10Megabytes() {
        int size = 10 << 20;
        byte[] header = {
            'I', 'D', '3', 3, 0, 0, (byte) (size >> 21), (byte) (size >> 14 & 127), (byte) (size >> 7 & 127), 0
        };
        InputStream tagged = new SequenceInputStream(
                new ByteArrayInputStream(header),
                new SequenceInputStream(
                        new ByteArrayInputStream(new byte[size]),
                        new ByteArrayInputStream(writer(16_000, true).write(SIGNAL))));
        assertThat(AudioFiles.read(tagged, "tagged").samples()).containsExactly(FlacReaderTest.mean(SIGNAL, 16));
    }

    /** A minute of digital silence at 192 kHz packs into 19 KB: more samples a byte than any sound reaches. */
    @Test
    void readsDigitalSilenceAtHighRates() {
        FlacWriter writer = new FlacWriter(192_000, 16, 1);
        writer.blockSize = 65_535;
        writer.withMd5 = false;
        byte[] flac = writer.write(new long[1][65_535 * 30]);
        assertThat(flac.length).isLessThan(1_000);
        float[] samples = read(flac, true);
        assertThat(samples).hasSize(65_535 * 30);
        assertThat(samples).containsOnly(0);
    }
}
