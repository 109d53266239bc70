package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quantvoice.server.ServedSpeech.CLIENTS;
import static org.quantvoice.server.ServedSpeech.RATE;
import static org.quantvoice.server.ServedSpeech.WORDS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.Resampler;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.OutputException;
import org.quantvoice.quant.QuantReport;

/** The caption server with clients that behave; {@link BadClientsTest} has the others. */
final class CaptionServerTest {
    private static ServedSpeech served;
    private static SpeechServer server;
    private static float[] speech;

    @BeforeAll
    static void start() {
        served = ServedSpeech.start();
        server = served.server();
        speech = ServedSpeech.speech();
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @AfterEach
    void everyPlaceIsFreeAgain() throws InterruptedException {
        served.awaitNobody();
    }

    @Test
    void theModelIsThatOfTheCommand() {
        assertThat(served.session().info().engine()).isEqualTo(Engine.NATIVE);
        assertThat(served.session().report().map(QuantReport::bytesAfter).orElseThrow())
                .isLessThan(4_000_000L);
    }

    @ParameterizedTest
    @CsvSource({"16000, 1, 1600", "48000, 2, 4800", "44100, 1, 4410", "8000, 1, 800"})
    void speechOfAnyFormatGivesWords(int rate, int channels, int piece) {
        float[] samples = Resampler.resample(new Audio(speech, RATE), rate).samples();
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

    /** A tone that is in the channels with opposite signs is in neither when they are put together. */
    @Test
    void channelsThatDifferAreAveraged() {
        float[] samples = Resampler.resample(new Audio(speech, RATE), 48_000).samples();
        float[] interleaved = new float[2 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            float tone = (float) (0.45 * Math.sin(2 * Math.PI * 700 * i / 48_000));
            interleaved[2 * i] = samples[i] / 2 + tone;
            interleaved[2 * i + 1] = samples[i] / 2 - tone;
        }
        Client stereo = Client.connect(server).start(48_000, 2).audio(interleaved, 1, 9600);
        stereo.stop();
        assertThat(stereo.words()).isEqualTo(WORDS);
        float[] left = new float[samples.length];
        for (int i = 0; i < left.length; i++) {
            left[i] = interleaved[2 * i];
        }
        Client one = Client.connect(server).start(48_000, 1).audio(left, 1, 4800);
        one.stop();
        assertThat(one.words()).as("the left channel alone").isNotEqualTo(WORDS);
    }

    @Test
    void clientsHaveStreamsOfTheirOwn() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            int piece = 160 * (c + 1);
            all.add(CompletableFuture.supplyAsync(() -> heard(server, piece)));
        }
        all.forEach(words -> assertThat(words.join()).isEqualTo(WORDS));
    }

    private static String heard(SpeechServer by, int piece) {
        Client client = Client.connect(by).start(RATE, 1).audio(speech, 1, piece);
        client.stop();
        return client.words();
    }

    @Test
    void libtorchServesToo() {
        try (ServedSpeech other = ServedSpeech.startOnLibtorch()) {
            assertThat(other.session().info().engine()).isEqualTo(Engine.LIBTORCH);
            assertThat(heard(other.server(), 1600)).isEqualTo(WORDS);
        }
    }

    @Test
    void oneClientTooManyIsToldSo() throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            clients.add(Client.connect(server).start(RATE, 1).await("ready"));
        }
        Client more = Client.connect(server);
        assertThat(more.closeCode()).isEqualTo(1013);
        assertThat(more.events("error")).hasSize(1);
        clients.forEach(Client::stop);
    }

    @Test
    void aMinuteOfSilenceSaysNothing() {
        Client client = Client.connect(server).start(RATE, 1).audio(new float[60 * RATE], 1, RATE);
        client.stop();
        assertThat(client.events("final")).isEmpty();
        assertThat(client.events("end").get(0).get("audioSeconds").number()).isEqualTo(60);
    }

    @Test
    void aSilentClientIsDroppedAndOthersGoOn() throws InterruptedException {
        SpeechServerBuilder hasty = SpeechServer.builder().idle(Duration.ofMillis(1_500));
        try (SpeechServer other = served.serve(hasty)) {
            Client silent = Client.connect(other).start(RATE, 1);
            Client talking = Client.connect(other).start(RATE, 1);
            while (!silent.isClosed()) {
                talking.audio(new float[160], 1, 160);
                Thread.sleep(20);
            }
            assertThat(silent.closeCode()).isEqualTo(1001);
            talking.audio(speech, 1, 1600).stop();
            assertThat(talking.words()).isEqualTo(WORDS);
        }
    }

    @Test
    void pagesOfAllowedOriginsConnect() {
        for (String origin : List.of(ServedSpeech.GOOD_ORIGIN, "http://localhost:" + server.port())) {
            Client.connect(server, origin).start(RATE, 1).stop();
        }
    }

    @Test
    void aPortInUseIsToldSo() {
        SpeechServerBuilder taken = SpeechServer.builder().port(server.port());
        assertThatThrownBy(() -> served.serve(taken))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining(String.valueOf(server.port()));
        assertThat(heard(server, 1600)).isEqualTo(WORDS);
    }

    @ParameterizedTest
    @CsvSource({"::1, http://[::1]:", "[::1], http://[::1]:", "0.0.0.0, http://localhost:", "::, http://localhost:"})
    void theUrlOfAnyAddressIsOne(String host, String url) throws Exception {
        SpeechServerBuilder where = SpeechServer.builder().host(host);
        try (SpeechServer other = served.serve(where)) {
            assertThat(other.url()).isEqualTo(url + other.port() + "/");
            assertThat(other.everyAddress()).isEqualTo(url.contains("localhost"));
            assertThat(get(other.url()).statusCode()).isEqualTo(200);
            String page = other.url().substring(0, other.url().length() - 1);
            Client.connect(URI.create(other.url().replace("http:", "ws:") + "live"), page)
                    .start(RATE, 1)
                    .stop();
        }
    }

    private static HttpResponse<String> get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "'', 200",
        "index.html, 200",
        "captions.js, 200",
        "microphone.js, 200",
        "captions.css, 200",
        "../package-info.class, 400",
        "%2e%2e/SpeechServer.class, 400",
        "SpeechServer.class, 404",
        "live, 404"
    })
    void thePageAndNothingElse(String path, int status) throws Exception {
        assertThat(get(server.url() + path).statusCode()).isEqualTo(status);
    }
}
