package org.quantvoice.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.spring.example.CaptionApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/** The starter in an application that listens, and its parts by themselves. */
final class StarterTest {
    private static final Path RECORDING =
            Path.of(System.getProperty("quantvoice.root"), "examples/audio/george-02.flac");
    private static final String WORDS = "nine six three";

    private final HttpClient http = HttpClient.newHttpClient();

    /** The build runs this class once for each version of Spring Boot, and says which. */
    @Test
    void theVersionIsTheOneThatTheBuildNames() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("quantvoice.spring.boot"));
    }

    @Test
    void theExampleTranscribes() throws Exception {
        QuantSession session;
        try (ConfigurableApplicationContext context = SpringApplication.run(
                CaptionApplication.class,
                "--server.port=0",
                "--quantvoice.threads=1",
                "--spring.main.banner-mode=off",
                "--management.endpoints.web.exposure.include=health,metrics",
                "--management.endpoint.health.show-details=always")) {
            session = context.getBean(QuantSession.class);
            assertThat(session.info().threads()).isEqualTo(1);
            String url = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
            HttpResponse<String> captions = post(url + "/captions", Files.readAllBytes(RECORDING));
            assertThat(captions.body()).startsWith("WEBVTT").contains(WORDS);
            HttpResponse<String> refused = post(url + "/captions", new byte[] {1, 2, 3});
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains("cure");
            assertThat(get(url + "/actuator/health"))
                    .contains("quantVoice", "\"engine\":\"NATIVE\"", "\"status\":\"UP\"");
            assertThat(get(url + "/actuator/metrics/quantvoice.model")).contains("\"baseUnit\":\"bytes\"", "NATIVE");
        }
        assertThat(new SessionHealth(session).details())
                .as("closed with the context")
                .isEmpty();
    }

    private HttpResponse<String> post(String url, byte[] file) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("--b\r\nContent-Disposition: form-data; name=\"recording\"; filename=\"a\"\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(file);
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String get(String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        QuantVoiceAutoConfiguration.class, QuantVoiceMetricsAutoConfiguration.class));
    }

    @Test
    void propertiesReachTheSession() {
        context()
                .withPropertyValues("quantvoice.hotwords=nine,six three", "quantvoice.threads=1")
                .run(context -> {
                    QuantSession session = context.getBean(QuantSession.class);
                    assertThat(session.transcribe(RECORDING).text()).isEqualTo(WORDS);
                });
        context()
                .withPropertyValues("quantvoice.int8=true")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("quantized already"));
        context()
                .withPropertyValues("quantvoice.model=/no/such/file.qv")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("/no/such/file.qv"));
        context()
                .withPropertyValues("quantvoice.hotwords=Nijmegen")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("Nijmegen"));
    }

    @Test
    void aSessionOfTheApplicationsOwnIsTaken() {
        try (QuantSession own = QuantSession.builder().threads(1).build()) {
            context()
                    .withBean("mine", QuantSession.class, () -> own, bean -> bean.setDestroyMethodName(""))
                    .withPropertyValues("quantvoice.model=/no/such/file.qv")
                    .run(context ->
                            assertThat(context.getBean(QuantSession.class)).isSameAs(own));
        }
    }
}
