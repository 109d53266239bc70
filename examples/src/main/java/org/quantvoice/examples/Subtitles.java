package org.quantvoice.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;

/** Writes {@code NAME.srt} and {@code NAME.vtt} for recordings: {@code Subtitles FOLDER FILE...}. */
public final class Subtitles {
    private Subtitles() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        try (QuantSession session = QuantSession.builder().build()) {
            for (int i = 1; i < args.length; i++) {
                Path recording = Path.of(args[i]);
                Transcript transcript = session.transcribe(recording);
                String name = recording.getFileName().toString().replaceFirst("\\.[^.]*$", "");
                Files.writeString(folder.resolve(name + ".srt"), transcript.toSrt());
                Files.writeString(folder.resolve(name + ".vtt"), transcript.toVtt());
                System.out.printf(
                        "%s: %d words in %.1f s%n", name, transcript.words().size(), transcript.audioSeconds());
            }
        }
    }
}
