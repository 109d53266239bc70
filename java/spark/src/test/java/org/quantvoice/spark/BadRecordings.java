package org.quantvoice.spark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files that are no recordings, each in its own way. */
final class BadRecordings {
    private BadRecordings() {}

    /** @return ten paths in the folder, and what the error of each says */
    static Map<Path, String> write(Path folder) throws IOException {
        byte[] flac = Files.readAllBytes(LocalSpark.recordings(1).get(0));
        Path wav = folder.resolve("whole.wav");
        JoinedWav.silence(wav, 1);
        byte[] riff = Files.readAllBytes(wav);
        Files.delete(wav);
        Map<Path, String> bad = new LinkedHashMap<>();
        put(bad, folder, "empty.flac", new byte[0], "an empty file");
        put(bad, folder, "text.wav", "no sound\n".getBytes(StandardCharsets.UTF_8), "starts with bytes");
        put(bad, folder, "zeros.flac", new byte[5000], "starts with bytes");
        put(bad, folder, "header.wav", Arrays.copyOf(riff, 40), "header.wav");
        put(bad, folder, "nothing.wav", Arrays.copyOf(riff, 44), "nothing.wav");
        put(bad, folder, "head.flac", Arrays.copyOf(flac, 20), "head.flac");
        byte[] damaged = flac.clone();
        for (int i = flac.length / 2; i < flac.length / 2 + 64; i++) {
            damaged[i] ^= 0x5a;
        }
        put(bad, folder, "damaged.flac", damaged, "s into the recording");
        put(bad, folder, "brief.wav", Arrays.copyOf(riff, 44 + 40), "20 samples");
        byte[] format = riff.clone();
        format[20] = 0x77; // a codec that nobody has
        put(bad, folder, "codec.wav", format, "codec.wav");
        bad.put(folder.resolve("missing.flac"), "no file");
        return bad;
    }

    private static void put(Map<Path, String> bad, Path folder, String name, byte[] bytes, String message)
            throws IOException {
        bad.put(Files.write(folder.resolve(name), bytes), message);
    }
}
