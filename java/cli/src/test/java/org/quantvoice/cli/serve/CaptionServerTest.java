package org.quantvoice.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.OutputException;
import org.quantvoice.stream.StreamOptions;

/** The caption server with well-behaved and other clients. After each of the others it must still serve the first kind. */
final class CaptionServerTest {
    private static final Path TEST = Path.of(System.getProperty("quantvoice.root"), "models/digits/test");
    private static final String WORDS = "eight five six";
    private static final int CLIENTS = 4;
    private static QuantSession session;
    private static CaptionServer server;
    private static float[] speech;

    @BeforeAll
    static void start() {
        session = QuantSession.builder()
                .model("u2-digits")
                .engine(Engine.LIBTORCH)
                .threads(1)
                .build();
        server = CaptionServer.start(
                new ServeOptions(
                        "127.0.0.1", 0, CLIENTS, 1 << 16, Duration.ofSeconds(20), List.of("https://good.example")),
                source());
        speech = recording().samples();
    }

    private static Audio recording() {
        return org.quantvoice.audio.AudioCorpus.tsv(TEST.resolve("test.tsv")).items().stream()
                .filter(i -> i.id().equals("test-nicolas-17"))
                .map(i -> AudioFiles.read(i.file()))
                .findFirst()
                .orElseThrow();
    }

    private static CaptionSource source() {
        StreamOptions options = StreamOptions.defaults();
        return new CaptionSource("u2-digits", 16_000, session.latency(options), () -> session.stream(options));
    }

    @AfterAll
    static void stop() {
        server.close();
        session.close();
    }

    @AfterEach
    void everyPlaceIsFreeAgain() throws InterruptedException {
        for (int i = 0; i < 200 && server.freePlaces() < CLIENTS; i++) {
            Thread.sleep(50);
        }
        assertThat(server.freePlaces()).isEqualTo(CLIENTS);
    }

    /** A good client is served, whatever others did before. */
    private static void assertServes() {
        Client good = Client.connect(server).start(16_000, 1).audio(speech, 1, 1600);
        good.stop();
        assertThat(good.words()).isEqualTo(WORDS);
    }

    @ParameterizedTest
    @CsvSource({"16000, 1, 1600", "48000, 2, 4800", "44100, 1, 4410", "8000, 1, 800"})
    void speechOfAnyFormatGivesWords(int rate, int channels, int piece) {
        float[] samples = Resampler.resample(new Audio(speech, 16_000), rate).samples();
        Client client = Client.connect(server).start(rate, channels).audio(samples, channels, piece);
        client.stop();
        assertThat(client.words()).isEqualTo(WORDS);
        assertThat(client.events("ready")).hasSize(1);
        assertThat(client.events("partial")).isNotEmpty();
        assertThat(client.events("partial").get(0).get("latencyMs").number()).isPositive();
        assertThat(client.events("end")).hasSize(1);
        var words = client.events("final").get(0).get("words").items();
        assertThat(words).hasSize(3);
        assertThat(words.get(2).get("end").number()).isBetween(0.5, 1.4);
    }

    @Test
    void clientsHaveStreamsOfTheirOwn() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            int piece = 160 * (c + 1);
            all.add(CompletableFuture.supplyAsync(() -> {
                Client client = Client.connect(server).start(16_000, 1).audio(speech, 1, piece);
                client.stop();
                return client.words();
            }));
        }
        all.forEach(words -> assertThat(words.join()).isEqualTo(WORDS));
    }

    @Test
    void oneClientTooManyIsToldSo() {
        List<Client> clients = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            clients.add(Client.connect(server).start(16_000, 1));
        }
        Client more = Client.connect(server);
        assertThat(more.closeCode()).isEqualTo(1013);
        assertThat(more.events("error")).hasSize(1);
        clients.forEach(Client::stop);
    }

    @Test
    void aClientThatVanishesFreesItsPlace() throws InterruptedException {
        Client.connect(server).start(16_000, 1).audio(speech, 1, 1600).vanish();
        everyPlaceIsFreeAgain();
        assertServes();
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
    void textThatIsNoMessageIsRefused(String text) {
        Client client = Client.connect(server).text(text);
        assertThat(client.closeCode()).isEqualTo(1007);
        assertThat(client.events("error")).hasSize(1);
        assertThat(client.events("error").get(0).get("cure").string()).isNotBlank();
        assertServes();
    }

    @Test
    void anOddNumberOfBytesIsRefused() {
        Client client = Client.connect(server).start(16_000, 1).bytes(new byte[321]);
        assertThat(client.closeCode()).isEqualTo(1007);
        assertThat(client.events("error").get(0).get("got").string()).contains("321");
        assertServes();
    }

    @Test
    void audioBeforeTheStartIsRefused() {
        assertThat(Client.connect(server).bytes(new byte[320]).closeCode()).isEqualTo(1007);
        assertServes();
    }

    @Test
    void aMessageOverTheLimitIsRefused() {
        Client client = Client.connect(server).start(16_000, 1).bytes(new byte[(1 << 16) + 2]);
        assertThat(client.closeCode()).isEqualTo(1009);
        assertServes();
    }

    @Test
    void tenThousandTinyMessagesAreFine() {
        Client client = Client.connect(server).start(16_000, 1);
        for (int i = 0; i < 10_000; i++) {
            client.bytes(new byte[2]);
        }
        client.audio(speech, 1, 1600).stop();
        assertThat(client.words()).isEqualTo(WORDS);
    }

    @Test
    void silenceSaysNothing() {
        Client client = Client.connect(server).start(16_000, 1).audio(new float[60 * 16_000], 1, 16_000);
        client.stop();
        assertThat(client.events("final")).isEmpty();
        assertThat(client.events("end").get(0).get("audioSeconds").number()).isEqualTo(60);
    }

    @Test
    void aSilentClientIsDroppedAndOthersGoOn() {
        ServeOptions hasty = new ServeOptions("127.0.0.1", 0, 1, 1024, Duration.ofMillis(300), List.of());
        try (CaptionServer other = CaptionServer.start(hasty, source())) {
            Client client = Client.connect(other).start(16_000, 1);
            assertThat(client.closeCode()).isEqualTo(1001);
        }
        assertServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://localhost:1", "null", "https://good.example.evil"})
    void pagesOfOtherOriginsAreRefused(String origin) {
        assertThatThrownBy(() -> Client.connect(server, origin))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .cause()
                .satisfies(e -> assertThat(
                                ((WebSocketHandshakeException) e).getResponse().statusCode())
                        .isEqualTo(403));
        assertServes();
    }

    @Test
    void pagesOfAllowedOriginsConnect() {
        for (String origin : List.of("https://good.example", "http://localhost:" + server.port())) {
            Client.connect(server, origin).start(16_000, 1).stop();
        }
    }

    @Test
    void aPortInUseIsToldSo() {
        ServeOptions taken = ServeOptions.loopback(server.port());
        assertThatThrownBy(() -> CaptionServer.start(taken, source()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining(String.valueOf(server.port()));
        assertServes();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 200",
        "index.html, 200",
        "captions.js, 200",
        "microphone.js, 200",
        "captions.css, 200",
        "../package-info.class, 400",
        "%2e%2e/CaptionServer.class, 400",
        "CaptionServer.class, 404",
        "live, 404"
    })
    void thePageAndNothingElse(String path, int status) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(status);
    }
}
