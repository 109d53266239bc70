package consumer;

import java.nio.file.Path;
import org.quantvoice.QuantSession;

public final class Main {
    public static void main(String[] args) {
        try (QuantSession session = QuantSession.builder().build()) {
            System.out.println(session.transcribe(Path.of(args[0])).text());
        }
    }
}
