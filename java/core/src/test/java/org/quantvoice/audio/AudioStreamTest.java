package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.TruncatedAudioException;

/** Reading in pieces: from pipes of every pace, to the end and into damage. */
class AudioStreamTest {

    /** A stream that gives between 1 and {@code most} bytes a call, as pipes and sockets do. */
    private static InputStream dripping(byte[] bytes, Random random, int most) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] out, int from, int count) throws IOException {
                return super.read(out, from, Math.min(count, 1 + random.nextInt(most)));
            }
        };
    }

    private static byte[] recording(int kind, int n, long seed) {
        long[][] signal = FlacReaderTest.signal(2, 16, n, seed);
        if (kind == 0) {
            FlacWriter writer = new FlacWriter(44_100, 16, seed);
            writer.knownTotal = seed % 2 == 0;
            return writer.write(signal);
        }
        short[] samples = new short[2 * n];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) signal[i % 2][i / 2];
        }
        byte[] wav = TestWav.pcm16(44_100, samples);
        wav[22] = 2; // channels
        wav[32] = 4; // bytes of a block
        return kind == 1 ? wav : WavEncodingTest.resource(kind == 2 ? "ima-2.wav" : "ms-2.wav");
    }

    @Property(tries = 150)
    void givesTheSameHoweverItIsRead(
            @ForAll @IntRange(min = 0, max = 3) int kind,
            @ForAll @IntRange(min = 1, max = 2_000) int n,
            @ForAll @IntRange(min = 1, max = 700) int block,
            @ForAll long seed) {
        byte[] bytes = recording(kind, n, seed);
        float[] whole;
        try (AudioStream stream = AudioFiles.open(AudioSource.of(bytes, "whole"), AudioOptions.DEFAULT)) {
            whole = WavEncodingTest.drain(stream, 5_000);
        }
        InputStream pipe = dripping(bytes, new Random(seed), block);
        try (AudioStream stream = AudioFiles.open(pipe, "pipe", AudioOptions.DEFAULT)) {
            assertThat(WavEncodingTest.drain(stream, block)).containsExactly(whole);
        }
        float[] left = new float[whole.length / 2];
        for (int i = 0; i < left.length; i++) {
            left[i] = whole[2 * i];
        }
        try (AudioStream stream = AudioFiles.open(AudioSource.of(bytes, "resampled"), AudioOptions.DEFAULT)
                .resampled(16_000)) {
            float[] both = WavEncodingTest.drain(stream, block);
            int rate = kind < 2 ? 44_100 : 8_000;
            float[] expected = Resampler.resample(new Audio(left, rate), 16_000).samples();
            for (int i = 0; i < both.length; i += 2) {
                assertThat(both[i]).as("sample %s", i / 2).isEqualTo(expected[i / 2]);
            }
            assertThat(both).hasSize(2 * expected.length);
        }
    }

    @Test
    void readsAPipeWhileItIsWritten() throws IOException {
        byte[] wav = TestWav.pcm16(16_000, new short[3_000]);
        Arrays.fill(wav, 40, 44, (byte) -1);
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out, 1 << 16)) {
            out.write(wav, 0, 44 + 2 * 2_100);
            AudioStream stream = AudioFiles.open(in, "live", AudioOptions.DEFAULT);
            assertThat(stream.frames()).isEmpty();
            int read = 0;
            while (read < 2_100) {
                read += stream.read(new float[5_000]); // would wait for ever if it asked for more than there is
            }
            out.write(wav, 44 + 2 * 2_100, 2 * 900);
            out.close();
            assertThat(WavEncodingTest.drain(stream, 1_000)).hasSize(900);
            assertThat(stream.read(new float[10])).isEqualTo(-1);
        }
    }

    @Test
    void saysWhereAPipeDies() {
        byte[] wav = TestWav.pcm16(1_000, new short[5_000]);
        InputStream dying = new FilterInputStream(new ByteArrayInputStream(wav, 0, 8_044)) {
            @Override
            public int read(byte[] out, int from, int count) throws IOException {
                int read = super.read(out, from, count);
                if (read < 0) {
                    throw new IOException("Broken pipe");
                }
                return read;
            }
        };
        assertThatThrownBy(() -> AudioFiles.read(dying, "dying"))
                .isInstanceOf(AudioFormatException.class)
                .isNotInstanceOf(TruncatedAudioException.class)
                .hasMessageContaining("dying: java.io.IOException: Broken pipe")
                .hasMessageContaining("4.000 s into the recording");
    }

    @Test
    void readsOneTrackOnly(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("a.wav"), TestWav.pcm16(16_000, (short) 5));
        AudioOptions second = AudioOptions.DEFAULT.withTrack(2);
        assertThatThrownBy(() -> AudioFiles.open(file, second))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("track 2 of a file with one track");
        assertThatThrownBy(() -> AudioOptions.DEFAULT.withTrack(0)).isInstanceOf(AudioFormatException.class);
        Files.delete(file);
    }

    @Test
    void averagesChannels() {
        byte[] wav = TestWav.pcm16(16_000, (short) 100, (short) 300, (short) -2, (short) 5);
        wav[22] = 2;
        wav[32] = 4;
        try (AudioStream stream = AudioFiles.open(AudioSource.of(wav, "stereo"), AudioOptions.DEFAULT)
                .mono()) {
            assertThat(stream.channels()).isEqualTo(1);
            assertThat(WavEncodingTest.drain(stream, 7)).containsExactly(200 / 32_768f, 1.5f / 32_768f);
        }
    }

    @Test
    void refusesTooManyChannelsAndRequestsForNothing() {
        byte[] wav = TestWav.riff(
                TestWav.chunk("fmt ", TestWav.format(1, 2_000, 16_000, 16)), TestWav.chunk("data", new byte[8_000]));
        assertThatThrownBy(() -> AudioFiles.read(wav, "wide.wav"))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("wide.wav: 2000 channels");
        try (AudioStream stream =
                AudioFiles.open(AudioSource.of(TestWav.pcm16(9, (short) 1), "a"), AudioOptions.DEFAULT)) {
            assertThatThrownBy(() -> stream.read(new float[0])).isInstanceOf(AudioFormatException.class);
        }
    }
}
