package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that are busy without sending speech must not keep a place. */
final class IdleClientsTest {
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int PING = 9;
    private static final int GOING_AWAY = 1001;
    private static final String START = "{\"type\":\"start\",\"rate\":16000}";

    private static ServedSpeech served;
    private static SpeechServer server;

    @BeforeAll
    static void start() {
        served = ServedSpeech.start();
        server = served.serve(SpeechServer.builder().idle(Duration.ofMillis(1_000)));
    }

    @AfterAll
    static void stop() {
        server.close();
        served.close();
    }

    /** A short frame whose mask changes nothing. */
    private static byte[] frame(int opcode, byte[] payload) {
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(payload, 0, frame, 6, payload.length);
        return frame;
    }

    private static byte[] text(String text) {
        return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What a client sends first, and again and again. */
    private record Habit(byte[] first, byte[] again) {}

    private static Habit habit(String path, String name) {
        byte[] nothing = new byte[0];
        byte[] first = path.equals("/live") ? text(START) : nothing;
        return switch (name) {
            case "ping" -> new Habit(first, frame(PING, new byte[] {1}));
            case "ping without start" -> new Habit(nothing, frame(PING, new byte[] {1}));
            case "empty messages" -> new Habit(first, frame(BINARY, nothing));
            case "a sample" -> new Habit(first, frame(BINARY, new byte[2]));
            case "a dripped message" ->
                new Habit(new byte[] {(byte) 0x82, (byte) 0xfe, 100, 0, 0, 0, 0, 0}, new byte[1]);
            case "settings" -> new Habit(nothing, text("{\"config\":{\"sample_rate\":16000}}"));
            case "updates" -> new Habit(nothing, text("{\"type\":\"session.update\",\"session\":{}}"));
            case "a base64 sample" ->
                new Habit(nothing, text("{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAA=\"}"));
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "/live, ping",
        "/live, ping without start",
        "/live, empty messages",
        "/live, a sample",
        "/live, a dripped message",
        "/vosk, ping",
        "/vosk, empty messages",
        "/vosk, a sample",
        "/vosk, settings",
        "/v1/realtime?intent=transcription, ping without start",
        "/v1/realtime?intent=transcription, updates",
        "/v1/realtime?intent=transcription, a base64 sample"
    })
    void whatIsNoSpeechKeepsNoPlace(String path, String name) throws Exception {
        Habit habit = habit(path, name);
        try (RawClient client = new RawClient(server).webSocket(path)) {
            client.send(habit.first());
            Thread sender = new Thread(() -> {
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        client.send(habit.again());
                        Thread.sleep(40);
                    }
                } catch (IOException | InterruptedException e) {
                    Thread.currentThread().interrupt(); // the server closed the connection, or the test ended
                }
            });
            sender.start();
            try {
                assertThat(client.closeCode()).isEqualTo(GOING_AWAY);
            } finally {
                sender.interrupt();
                sender.join();
            }
        }
        for (int i = 0; server.streams() > 0; i++) {
            assertThat(i).as("hundredths of a second until the place is free").isLessThan(500);
            Thread.sleep(10);
        }
    }

    @Test
    void silenceThatIsSentIsAudio() throws InterruptedException {
        Client client = Client.connect(server).start(ServedSpeech.RATE, 1);
        for (int i = 0; i < 25; i++) { // 2.5 idle times
            client.audio(new float[1_600], 1, 1_600);
            Thread.sleep(100);
        }
        assertThat(client.isClosed()).isFalse();
        assertThat(client.stop()).isNotEmpty();
    }
}
