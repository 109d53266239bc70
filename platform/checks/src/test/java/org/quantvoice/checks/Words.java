package org.quantvoice.checks;

import java.nio.file.Path;
import org.quantvoice.QuantSession;
import org.quantvoice.error.QuantVoiceException;

/** Prints the words of a recording, or the exception that it got. */
final class Words {
    private Words() {}

    public static void main(String[] arguments) {
        try (QuantSession session = QuantSession.builder().build()) {
            System.out.println(session.transcribe(Path.of(arguments[0])).text());
        } catch (QuantVoiceException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
