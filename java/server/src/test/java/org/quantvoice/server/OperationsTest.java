package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.quantvoice.server.SpeechService.WORDS;
import static org.quantvoice.server.SpeechService.good;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.server.models.HostedModel;

/** What those see who run a server. */
final class OperationsTest {

    @Test
    void healthAndMetersAreToldAndCount() throws Exception {
        try (SpeechService service = new SpeechService(SpeechServer.builder())) {
            assertThat(service.get("healthz").body()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(service.get("readyz").statusCode()).isEqualTo(200);
            service.post(good());
            service.post(good().field("response_format", "xml"));
            assertThat(service.get("nowhere/at/all").statusCode()).isEqualTo(404);
            Client.connect(service.server())
                    .start(16_000, 1)
                    .audio(new float[32_000], 1, 1600)
                    .stop();
            Map<String, Double> meters = meters(service.get("metrics").body());
            String posted = "quantvoice_requests_seconds_count{path=\"/v1/audio/transcriptions\",status=";
            assertThat(meters).containsEntry(posted + "\"200\"}", 1.0).containsEntry(posted + "\"400\"}", 1.0);
            assertThat(meters).containsEntry("quantvoice_requests_seconds_count{path=\"other\",status=\"404\"}", 1.0);
            assertThat(meters.get("quantvoice_audio_seconds_total{model=\"digits\",source=\"recording\"}"))
                    .isBetween(1.0, 4.0);
            assertThat(meters.get("quantvoice_audio_seconds_total{model=\"digits\",source=\"live\"}"))
                    .isCloseTo(2, within(1e-6));
            assertThat(meters.get("quantvoice_live_chunk_seconds{model=\"digits\",quantile=\"0.99\"}"))
                    .isPositive();
            assertThat(meters.get("quantvoice_rtf_count{model=\"digits\"}")).isEqualTo(1);
            assertThat(meters.get("quantvoice_model_bytes{model=\"digits\"}")).isGreaterThan(1e6);
            assertThat(meters.get("quantvoice_memory_resident_bytes")).isGreaterThan(1e7);
            assertThat(meters).containsEntry("quantvoice_recordings", 0.0).containsKey("quantvoice_live_streams");
        }
    }

    private static Map<String, Double> meters(String scraped) {
        Map<String, Double> meters = new TreeMap<>();
        scraped.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            meters.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return meters;
    }

    @Test
    void metersGoToTheApplicationsRegistry() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (SpeechService service = new SpeechService(SpeechServer.builder().meters(registry))) {
            service.post(good());
            assertThat(service.get("metrics").statusCode()).isEqualTo(404);
        }
        assertThat(registry.get("quantvoice.audio").counter().count()).isPositive();
    }

    @Test
    void keysAreAskedForWhereSomethingCanBeDone() throws Exception {
        try (SpeechService service = new SpeechService(SpeechServer.builder().apiKey("secret"))) {
            for (String open : List.of("healthz", "readyz", "openapi.json", "", "captions.js")) {
                assertThat(service.get(open).statusCode()).as(open).isEqualTo(200);
            }
            for (String closed : List.of("metrics", "v1/models", "v1/models/digits")) {
                assertThat(service.get(closed).statusCode()).as(closed).isEqualTo(401);
            }
            assertThat(service.post(good()).headers().firstValue("WWW-Authenticate"))
                    .contains("Bearer");
            assertThat(service.post(good(), "Authorization", "Bearer secre").statusCode())
                    .isEqualTo(401);
            assertThat(service.post(good(), "Authorization", "Basic secret").statusCode())
                    .isEqualTo(401);
            assertThat(service.post(good(), "Authorization", "bearer secret").statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> Client.connect(service.server())).isInstanceOf(RuntimeException.class);
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .subprotocols("realtime", "openai-insecure-api-key.secret")
                    .buildAsync(URI.create(service.uri("live").toString().replace("http:", "ws:")), new Client())
                    .join()
                    .abort();
        }
    }

    @Test
    void theDescriptionNamesEveryRouteAndNoOther() throws Exception {
        try (SpeechService service = new SpeechService(SpeechServer.builder())) {
            JsonNode paths =
                    JsonReader.parse(service.get("openapi.json").body()).get("paths");
            assertThat(paths.keys())
                    .containsExactlyInAnyOrder(
                            "/v1/audio/transcriptions",
                            "/v1/models",
                            "/v1/models/{model}",
                            "/healthz",
                            "/readyz",
                            "/metrics",
                            "/admin/reload",
                            "/openapi.json");
            for (String path : paths.keys()) {
                String method = paths.get(path).keys().iterator().next();
                HttpRequest other = HttpRequest.newBuilder(
                                service.uri(path.substring(1).replace("{model}", "digits")))
                        .method(method.equals("get") ? "POST" : "GET", HttpRequest.BodyPublishers.noBody())
                        .build();
                HttpResponse<String> response =
                        HttpClient.newHttpClient().send(other, HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).as(path).isEqualTo(405);
                assertThat(response.headers().firstValue("Allow").orElseThrow()).isEqualToIgnoringCase(method);
            }
        }
    }

    /** OpenAI's clients encode the slash; what Jetty itself refuses is a document too, and names no version. */
    @Test
    void pathsAreReadAsClientsWriteThem() throws Exception {
        try (QuantSession session = QuantSession.builder().threads(1).build();
                SpeechServer server =
                        SpeechServer.builder().model("nijmegen/digits", session).start()) {
            HttpClient http = HttpClient.newHttpClient();
            for (String name : List.of("nijmegen/digits", "nijmegen%2Fdigits", "nijmegen%2fd%69gits")) {
                HttpRequest one = HttpRequest.newBuilder(URI.create(server.url() + "v1/models/" + name))
                        .build();
                HttpResponse<String> answer = http.send(one, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(name).isEqualTo(200);
                assertThat(JsonReader.parse(answer.body()).get("id").string()).isEqualTo("nijmegen/digits");
                assertThat(answer.headers().firstValue("Server")).isEmpty();
            }
            for (String path :
                    List.of("v1/models/a%01", "v1/../../etc/passwd", "v1/models/%2e%2e/x", "%FF", "a;b/../c")) {
                try (RawClient raw = new RawClient(server)) {
                    raw.send("GET /" + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                    String head = raw.head();
                    assertThat(head).as(path).startsWith("HTTP/1.1 4").contains("application/json");
                    assertThat(head).as(path).doesNotContain("Jetty");
                    assertThat(JsonReader.parse(raw.rest())
                                    .get("error")
                                    .get("message")
                                    .string())
                            .as(path)
                            .isNotBlank();
                }
            }
        }
    }

    /** Requests under way end on the old session, which is closed behind the last of them; a load that fails changes nothing. */
    @Test
    void modelsAreLoadedAnewWithoutDroppingAnybody() throws Exception {
        List<QuantSession> loaded = new ArrayList<>();
        AtomicBoolean broken = new AtomicBoolean();
        HostedModel model = HostedModel.loadedBy("digits", () -> {
            if (broken.get()) {
                throw new ModelFormatException("half a file", "a whole one", "copy it again");
            }
            QuantSession session = QuantSession.builder().threads(1).build();
            loaded.add(session);
            return session;
        });
        try (SpeechServer server = SpeechServer.builder().model(model).start()) {
            Client before = Client.connect(server).start(16_000, 1).await("ready");
            assertThat(server.reload()).containsExactly("digits");
            assertThat(loaded).hasSize(2);
            assertThat(loaded.get(0).transcribe(SpeechService.RECORDING).text()).isEqualTo(WORDS);
            before.audio(ServedSpeech.speech(), 1, 1600).stop();
            assertThat(before.words()).isEqualTo(ServedSpeech.WORDS);
            awaitClosed(loaded.get(0));
            broken.set(true);
            HttpRequest reload = HttpRequest.newBuilder(URI.create(server.url() + "admin/reload"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = HttpClient.newHttpClient().send(reload, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("half a file");
            assertThat(loaded.get(1).transcribe(SpeechService.RECORDING).text()).isEqualTo(WORDS);
        }
        awaitClosed(loaded.get(1));
    }

    private static void awaitClosed(QuantSession session) throws InterruptedException {
        for (int i = 0; i < 600; i++) {
            try {
                session.info();
                Thread.sleep(50);
            } catch (IllegalStateException closed) {
                return;
            }
        }
        throw new AssertionError("the session is still open");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> SpeechServer.builder().start()).hasMessageContaining("no model");
        assertThatThrownBy(() -> SpeechServer.builder()
                        .apiKey("two words")
                        .model(HostedModel.loadedBy("a", () -> null))
                        .start())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HostedModel.loadedBy("../x", () -> null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpeechServer.builder().port(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
