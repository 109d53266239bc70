package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.QuantVoiceException;

class LostSessionTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits/model/digits.qv");

    private static void lose() {
        QuantSession.builder().model(DIGITS).threads(1).build();
    }

    /** One line that names session and place, where there were 72 about blocks of floats. */
    @Test
    void aLostSessionIsToldOnceWithThePlaceWhereItWasMade() throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            lose();
            long patience = System.nanoTime() + 60_000_000_000L;
            while (!text(log).contains("never closed") && System.nanoTime() < patience) {
                System.gc();
                Thread.sleep(20);
            }
            Thread.sleep(200);
        } finally {
            System.setErr(before);
        }
        List<String> told =
                text(log).lines().filter(line -> line.contains("never closed")).toList();
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).contains("a QuantSession", "LostSessionTest.lose(LostSessionTest.java:");
    }

    private static String text(ByteArrayOutputStream log) {
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void openingOnAnInterruptedThreadSaysSo() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> QuantSession.builder().model(DIGITS).build())
                    .isInstanceOf(QuantVoiceException.class)
                    .hasMessageContaining("a thread that is not interrupted")
                    .hasMessageContaining("Thread.interrupted()");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
