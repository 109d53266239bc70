package org.quantvoice.examples;

import java.nio.file.Path;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.decode.Word;

/** Prints the words of an audio file with the embedded model, so that nothing has to be downloaded. */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        try (QuantSession session = QuantSession.builder().build()) {
            Transcript transcript = session.transcribe(file);
            System.out.println(transcript.text());
            for (Word word : transcript.words()) {
                System.out.printf("%6.2f %6.2f  %s (%.2f)%n", word.start(), word.end(), word.text(), word.confidence());
            }
        }
    }
}
