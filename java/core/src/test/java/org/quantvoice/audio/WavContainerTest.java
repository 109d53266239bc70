package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.TruncatedAudioException;

/** Sizes as recorders, pipes and large files leave them, in every kind of WAV; from files and from pipes alike. */
class WavContainerTest {
    private static final short[] PCM = {16_384, -16_384, 8_192, 1, -1, 100};
    private static final byte[] DATA = data(ByteOrder.LITTLE_ENDIAN);
    private static final float[] EXPECTED = WavEncodingTest.floats(DATA);
    private static final byte[] FORMAT = TestWav.chunk("fmt ", TestWav.format(1, 1, 16_000, 16));

    @TempDir
    Path folder;

    private static byte[] data(ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(2 * PCM.length).order(order);
        for (short sample : PCM) {
            out.putShort(sample);
        }
        return out.array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A chunk's header with a size of its own and whatever follows. */
    private static byte[] sized(String id, long size, byte[] body) {
        return join(ascii(id), TestWav.little(4).putInt((int) size).array(), body);
    }

    private static byte[] riff(long size, byte[]... chunks) {
        return sized("RIFF", size, join(ascii("WAVE"), join(chunks)));
    }

    private void check(byte[] wav, float... expected) throws IOException {
        AudioOptions strict = AudioOptions.DEFAULT.withStrict(true);
        Path file = Files.write(folder.resolve("test.wav"), wav);
        try (AudioStream stream = AudioFiles.open(file, strict)) {
            assertThat(WavEncodingTest.drain(stream, 5)).as("as a file").containsExactly(expected);
        }
        try (AudioStream stream = AudioFiles.open(new ByteArrayInputStream(wav), "pipe", strict)) {
            assertThat(WavEncodingTest.drain(stream, 3)).as("as a pipe").containsExactly(expected);
        }
    }

    /** What sox, FFmpeg and recorders that were switched off write: samples go to the end of the file. */
    @ParameterizedTest
    @CsvSource({
        "ffffffff, ffffffff",
        "0, ffffffff",
        "30, ffffffff",
        "7fffffff, 7fffffff",
        "7ffff024, 7ffff000",
        "fffffffe, fffffffe",
        "0, 0",
        "30, 0"
    })
    void readsToTheEndWhereTheSizeIsUnknown(String riff, String data) throws IOException {
        check(riff(Long.parseLong(riff, 16), FORMAT, sized("data", Long.parseLong(data, 16), DATA)), EXPECTED);
    }

    @Test
    void readsAllDataChunks() throws IOException {
        byte[] first = Arrays.copyOf(DATA, 4);
        byte[] rest = Arrays.copyOfRange(DATA, 4, DATA.length);
        byte[] list = TestWav.chunk("LIST", new byte[6]);
        byte[] none = TestWav.chunk("data", new byte[0]);
        check(riff(99, FORMAT, TestWav.chunk("data", first), list, none, TestWav.chunk("data", rest), list), EXPECTED);
    }

    /** Odd chunks with the byte that fills them up, with another value in it, and without it. */
    @ParameterizedTest
    @ValueSource(strings = {"abc\0", "abcQ", "abc"})
    void findsChunksBehindOddOnes(String body) throws IOException {
        check(riff(99, sized("bext", 3, ascii(body)), FORMAT, TestWav.chunk("data", DATA)), EXPECTED);
    }

    @ParameterizedTest
    @CsvSource({"RF64, 12", "BW64, 12", "RF64, 0", "BW64, -1"})
    void reads64BitSizes(String magic, long size) throws IOException {
        byte[] ds64 = TestWav.chunk(
                "ds64",
                TestWav.little(28).putLong(0).putLong(size).putLong(6).putInt(0).array());
        byte[] wav = riff(0xffff_ffffL, ds64, FORMAT, sized("data", 0xffff_ffffL, DATA));
        System.arraycopy(ascii(magic), 0, wav, 0, 4);
        check(wav, EXPECTED);
    }

    @Test
    void readsBigEndianFiles() throws IOException {
        byte[] format = ByteBuffer.allocate(24)
                .put(ascii("fmt "))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(16_000)
                .putInt(32_000)
                .putShort((short) 2)
                .putShort((short) 16)
                .array();
        byte[] data = join(ascii("data"), ByteBuffer.allocate(4).putInt(12).array(), data(ByteOrder.BIG_ENDIAN));
        check(join(ascii("RIFX"), new byte[4], ascii("WAVE"), format, data), EXPECTED);
    }

    private static byte[] w64(String id, long size, byte[] body) {
        String tail = id.equals("riff") ? "2e91cf11a5d628db04c10000" : "f3acd3118cd100c04f8edb8a";
        byte[] padded = Arrays.copyOf(body, body.length + 7 & ~7);
        byte[] guid = HexFormat.of().parseHex(tail);
        return join(ascii(id), guid, TestWav.little(8).putLong(size).array(), padded);
    }

    private static byte[] w64File(long dataSize, byte[] before) {
        byte[] wave = Arrays.copyOf(w64("wave", 0, new byte[0]), 16);
        byte[] format = w64("fmt ", 24 + 16, TestWav.format(1, 1, 16_000, 16));
        return join(w64("riff", 999, new byte[0]), wave, before, format, w64("data", dataSize, DATA));
    }

    @Test
    void readsW64() throws IOException {
        byte[] odd = w64("junk", 24 + 3, new byte[3]);
        check(w64File(24 + DATA.length, odd), EXPECTED);
        float[] withPadding = Arrays.copyOf(EXPECTED, 8); // who does not know the size takes the padding for samples
        check(w64File(0, odd), withPadding);
    }

    @Test
    void warnsOfWhatIsMissingUnlessStrict() {
        byte[] cut = Arrays.copyOf(TestWav.pcm16(16_000, PCM), 44 + 7);
        Audio audio = AudioFiles.read(cut, "cut.wav");
        assertThat(audio.samples()).containsExactly(Arrays.copyOf(EXPECTED, 3));
        byte[] half = riff(99, FORMAT, sized("data", 7, Arrays.copyOf(DATA, 7)));
        assertThat(AudioFiles.read(half, "half.wav").samples()).containsExactly(Arrays.copyOf(EXPECTED, 3));
        for (byte[] wav : new byte[][] {cut, half}) {
            assertThatThrownBy(() ->
                            AudioFiles.read(AudioSource.of(wav, "short.wav"), AudioOptions.DEFAULT.withStrict(true)))
                    .isInstanceOf(TruncatedAudioException.class)
                    .hasMessageContaining("short.wav")
                    .hasMessageContaining("0.000 s into the recording");
        }
    }

    /** Sparse files of more than 4 GB: sizes of 64 bits, and sizes that 32 bits wrapped around. */
    @Test
    void reckonsWithSizesOver4Gigabytes() throws IOException {
        long size = 5_000_000_000L;
        byte[] ds64 = TestWav.chunk(
                "ds64",
                TestWav.little(28).putLong(0).putLong(size).putLong(0).putInt(0).array());
        byte[] rf64 = riff(0xffff_ffffL, ds64, FORMAT, sized("data", 0xffff_ffffL, DATA));
        System.arraycopy(ascii("RF64"), 0, rf64, 0, 4);
        byte[] wrapped = riff(0, FORMAT, sized("data", size & 0xffff_ffffL, DATA));
        byte[] unknown = riff(0, FORMAT, sized("data", 0xffff_ffffL, DATA));
        for (byte[] wav : new byte[][] {rf64, wrapped, unknown}) {
            Path file = sparse(wav, wav.length - DATA.length + size);
            try (AudioStream stream = AudioFiles.open(file)) {
                assertThat(stream.frames()).hasValue(size / 2);
                float[] first = new float[PCM.length];
                assertThat(stream.read(first)).isEqualTo(PCM.length);
                assertThat(first).containsExactly(EXPECTED);
            }
        }
    }

    /** Samples that lie behind 5 GB of something else. */
    @Test
    void skipsChunksOver4Gigabytes() throws IOException {
        long junk = 5_000_000_000L;
        byte[] start = Arrays.copyOf(w64File(0, new byte[0]), 40);
        byte[] header = w64("junk", 24 + junk, new byte[0]);
        byte[] rest = Arrays.copyOfRange(w64File(24 + DATA.length, new byte[0]), 40, 40 + 40 + 24 + DATA.length);
        Path file = sparse(join(start, header), 64 + junk);
        Files.write(file, rest, StandardOpenOption.APPEND);
        try (AudioStream stream = AudioFiles.open(file)) {
            assertThat(WavEncodingTest.drain(stream, 4)).containsExactly(EXPECTED);
        }
    }

    private Path sparse(byte[] start, long length) throws IOException {
        Path file = Files.write(folder.resolve("large.wav"), start);
        if (length > start.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
            }
        }
        return file;
    }
}
