package org.quantvoice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quantvoice.audio.AudioFiles;

/** Recordings put together from the test set of {@code digits}. */
final class RecordingFiles {
    static final int RATE = 16_000;

    private RecordingFiles() {}

    /** Recordings of the test set one after the other, with silence behind each, and what is said. */
    record Joined(float[] samples, List<String> words) {
        static Joined of(int first, int count, double silence) {
            try {
                Path folder = Qv.DIGITS.resolve("test");
                List<String> rows = Files.readAllLines(folder.resolve("test.tsv"));
                List<float[]> parts = new ArrayList<>();
                List<String> words = new ArrayList<>();
                int length = 0;
                for (String row : rows.subList(1 + first, 1 + first + count)) {
                    String[] fields = row.split("\t");
                    float[] samples = AudioFiles.read(folder.resolve(fields[2])).samples();
                    parts.add(java.util.Arrays.copyOf(samples, samples.length + (int) (silence * RATE)));
                    length += parts.get(parts.size() - 1).length;
                    words.addAll(List.of(fields[3].split(" ")));
                }
                float[] samples = new float[length];
                int at = 0;
                for (float[] part : parts) {
                    System.arraycopy(part, 0, samples, at, part.length);
                    at += part.length;
                }
                return new Joined(samples, words);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        double seconds() {
            return (double) samples.length / RATE;
        }
    }

    /** A 16-bit WAV file of channels of equal length. */
    static byte[] wav(float[]... channels) {
        int bytes = 2 * channels.length * channels[0].length;
        ByteBuffer out = header(bytes, channels.length, bytes);
        for (int i = 0; i < channels[0].length; i++) {
            for (float[] channel : channels) {
                out.putShort((short) Math.round(Math.max(-1, Math.min(1, channel[i])) * 32767));
            }
        }
        return out.array();
    }

    /** The header of a file that a recorder writes to a pipe: its length is not known. */
    static byte[] pipeHeader() {
        return header(0xffff_ffffL, 1, 0).array();
    }

    private static ByteBuffer header(long bytes, int channels, int room) {
        ByteBuffer out = ByteBuffer.allocate(44 + room).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt((int) Math.min(0xffff_ffffL, bytes + 36));
        out.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1);
        out.putShort((short) channels).putInt(RATE).putInt(2 * channels * RATE).putShort((short) (2 * channels));
        out.putShort((short) 16).put("data".getBytes(StandardCharsets.US_ASCII)).putInt((int) bytes);
        return out;
    }
}
