package org.quantvoice.spark;

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

/** Long recordings out of short ones, as 16-bit WAV. */
final class JoinedWav {
    private static final int RATE = 16_000;

    private JoinedWav() {}

    /** Pieces one after the other, each channel from another piece on, with a gap of so many seconds. */
    static void write(Path target, List<Path> pieces, int channels, double gap) {
        List<float[]> sounds =
                pieces.stream().map(p -> AudioFiles.read(p).samples()).toList();
        List<float[]> tracks = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            tracks.add(joined(sounds, c, (int) (gap * RATE)));
        }
        write(target, tracks);
    }

    private static float[] joined(List<float[]> pieces, int first, int gap) {
        int length = pieces.stream().mapToInt(p -> p.length + gap).sum();
        float[] all = new float[length];
        int at = first * RATE / 3;
        for (int i = 0; i < pieces.size(); i++) {
            float[] piece = pieces.get((i + first) % pieces.size());
            System.arraycopy(piece, 0, all, at, Math.min(piece.length, length - at));
            at = Math.min(length, at + piece.length + gap);
        }
        return all;
    }

    static void silence(Path target, int seconds) {
        write(target, List.of(new float[seconds * RATE]));
    }

    private static void write(Path target, List<float[]> tracks) {
        int frames = tracks.get(0).length;
        int channels = tracks.size();
        int bytes = frames * channels * 2;
        ByteBuffer out = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put(ascii("RIFF")).putInt(36 + bytes).put(ascii("WAVEfmt ")).putInt(16);
        out.putShort((short) 1).putShort((short) channels).putInt(RATE).putInt(RATE * channels * 2);
        out.putShort((short) (channels * 2))
                .putShort((short) 16)
                .put(ascii("data"))
                .putInt(bytes);
        for (int i = 0; i < frames; i++) {
            for (float[] track : tracks) {
                out.putShort((short) Math.max(-32768, Math.min(32767, Math.round(track[i] * 32768))));
            }
        }
        try {
            Files.write(target, out.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
