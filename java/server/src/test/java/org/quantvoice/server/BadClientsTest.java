package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quantvoice.server.ServedSpeech.CLIENTS;
import static org.quantvoice.server.ServedSpeech.RATE;
import static org.quantvoice.server.ServedSpeech.WORDS;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that do what they should not, each while a good one is in the middle of its speech. The good one must hear the same
 * words, at the same times and with the same confidences, as when it was alone, and every place must be free afterwards.
 */
final class BadClientsTest {
    private static ServedSpeech served;
    private static SpeechServer server;
    private static float[] speech;
    private static List<String> alone;

    private Client good;

    @BeforeAll
    static void start() {
        served = ServedSpeech.start();
        server = served.server();
        speech = glued("test-nicolas-17", "test-theo-04");
        Client client = Client.connect(server).start(RATE, 1).audio(speech, 1, 1600);
        client.stop();
        alone = client.spoken();
        assertThat(alone.toString()).contains("eight", "five", "six");
    }

    private static float[] glued(String... ids) {
        float[] all = {};
        for (String id : ids) {
            float[] more = ServedSpeech.speech(id);
            all = Arrays.copyOf(all, all.length + more.length);
            System.arraycopy(more, 0, all, all.length - more.length, more.length);
        }
        return all;
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    /** Half of the speech, of which something was understood. */
    @BeforeEach
    void aGoodClientBegins() throws InterruptedException {
        good = Client.connect(server).start(RATE, 1).audio(Arrays.copyOf(speech, speech.length / 2), 1, 800);
        good.await("partial");
    }

    @AfterEach
    void itHearsWhatItHearsAlone() throws InterruptedException {
        good.audio(Arrays.copyOfRange(speech, speech.length / 2, speech.length), 1, 800)
                .stop();
        assertThat(good.spoken()).isEqualTo(alone);
        assertThat(good.events("error")).isEmpty();
        served.awaitNobody();
    }

    @Test
    void vanishesBetweenMessages() {
        Client.connect(server).start(RATE, 1).audio(speech, 1, 1600).vanish();
    }

    /** The server finds out when it tells the words of the chunk that it was at. */
    @Test
    void vanishesDuringAChunk() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        served.onNextStream(event -> {
            inside.countDown();
            await(gone);
        });
        Client bad = Client.connect(server).start(RATE, 1).audio(new float[4 * RATE], 1, RATE);
        await(inside);
        bad.vanish();
        gone.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closesWithoutAStop() {
        Client bad =
                Client.connect(server).start(RATE, 1).audio(speech, 1, 1600).close();
        assertThat(bad.closeCode()).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audio, they say",
                "{\"type\":\"start\"}",
                "{\"type\":\"start\",\"rate\":1}",
                "{\"type\":\"start\",\"rate\":48000,\"channels\":99}",
                "{\"type\":\"stop\"}",
                "{\"type\":\"sing\"}",
                "[[[[[[",
                ""
            })
    void sendsTextThatIsNoMessage(String text) {
        Client bad = Client.connect(server).text(text);
        assertThat(bad.closeCode()).isEqualTo(1007);
        assertThat(bad.events("error")).hasSize(1);
        assertThat(bad.events("error").get(0).get("cure").string()).isNotBlank();
    }

    @Test
    void sendsTextForAudio() {
        Client bad = Client.connect(server).start(RATE, 1).text("eight five six");
        assertThat(bad.closeCode()).isEqualTo(1007);
        assertThat(bad.events("error")).hasSize(1);
    }

    @Test
    void startsTwice() {
        Client bad = Client.connect(server).start(RATE, 1).start(RATE, 1);
        assertThat(bad.closeCode()).isEqualTo(1007);
    }

    @ParameterizedTest
    @CsvSource({"1, 321", "2, 322"})
    void sendsAnOddNumberOfBytes(int channels, int bytes) {
        Client bad = Client.connect(server).start(RATE, channels).bytes(new byte[bytes]);
        assertThat(bad.closeCode()).isEqualTo(1007);
        assertThat(bad.events("error").get(0).get("got").string()).contains(String.valueOf(bytes));
    }

    @Test
    void sendsAudioBeforeTheStart() {
        assertThat(Client.connect(server).bytes(new byte[320]).closeCode()).isEqualTo(1007);
    }

    @Test
    void sendsAMessageOverTheLimit() {
        Client bad = Client.connect(server).start(RATE, 1).bytes(new byte[ServedSpeech.MAX_MESSAGE + 2]);
        assertThat(bad.closeCode()).isEqualTo(1009);
    }

    @Test
    void sendsAMessageOverTheLimitInFragments() {
        Client bad = Client.connect(server).start(RATE, 1);
        bad.insist(c -> c.fragments(new byte[ServedSpeech.MAX_MESSAGE / 4], 5));
        assertThat(bad.closeCode()).isEqualTo(1009);
    }

    @Test
    void sendsTextOverTheLimit() {
        assertThat(Client.connect(server).text(" ".repeat(2_000)).closeCode()).isEqualTo(1009);
    }

    /** Strange, but no fault: its words come. */
    @Test
    void sendsEmptyMessages() {
        Client strange = Client.connect(server).start(RATE, 1).bytes().bytes();
        strange.audio(ServedSpeech.speech(), 1, 1600).bytes().stop();
        assertThat(strange.words()).isEqualTo(WORDS);
    }

    /** Strange, but no fault: its words come. */
    @Test
    void sendsTenThousandTinyMessages() {
        Client strange = Client.connect(server).start(RATE, 1);
        for (int i = 0; i < 10_000; i++) {
            strange.bytes(new byte[2]);
        }
        strange.audio(ServedSpeech.speech(), 1, 1600).stop();
        assertThat(strange.words()).isEqualTo(WORDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://localhost:1", "null", "https://good.example.evil"})
    void isAPageOfAnotherOrigin(String origin) {
        assertThatThrownBy(() -> Client.connect(server, origin))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .cause()
                .satisfies(e -> assertThat(
                                ((WebSocketHandshakeException) e).getResponse().statusCode())
                        .isEqualTo(403));
    }

    @Test
    void comesWithTooManyOthers() throws InterruptedException {
        List<Client> crowd = new ArrayList<>();
        for (int c = 1; c < CLIENTS; c++) {
            crowd.add(Client.connect(server).start(RATE, 1).await("ready"));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(Client.connect(server).closeCode()).isEqualTo(1013);
        }
        crowd.forEach(Client::vanish);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0001\u0002\u0003\r\n\r\n",
                "GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n",
                "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            })
    void speaksNoWebSocket(String opening) throws IOException {
        byte[] noise = new byte[20_000];
        new Random(5).nextBytes(noise);
        try (Socket raw = new Socket("127.0.0.1", server.port())) {
            raw.setSoTimeout(60_000);
            OutputStream out = raw.getOutputStream();
            out.write(opening.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            assertThat(raw.getInputStream().read()).as("an answer").isPositive();
            out.write(noise);
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*"); // the server need not wait for the rest
        }
    }
}
