package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quantvoice.server.SpeechService.WORDS;
import static org.quantvoice.server.SpeechService.error;
import static org.quantvoice.server.SpeechService.good;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/**
 * Uploads as they should not be: each gets a precise document; a good client is served beside it, and nothing is left behind,
 * neither a place nor a file.
 */
final class BadUploadsTest {
    private static final int LIMIT = 1 << 20;

    @TempDir
    private static Path uploads;

    private static SpeechService service;

    @BeforeAll
    static void start() {
        service = new SpeechService(SpeechServer.builder()
                .uploadFolder(uploads)
                .maxUploadBytes(LIMIT)
                .minUploadBytesPerSecond(1 << 20, Duration.ofSeconds(2))
                .allowOrigin("https://good.example"));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void theGoodOneIsServedAndNothingIsLeft() throws Exception {
        assertThat(words(service.post(good()))).isEqualTo(WORDS);
        for (int i = 0; i < 600 && (service.server().recordings() > 0 || left() > 0); i++) {
            Thread.sleep(50);
        }
        assertThat(service.server().recordings()).as("places").isZero();
        assertThat(left()).as("files").isZero();
    }

    private static long left() throws IOException {
        try (Stream<Path> files = Files.list(uploads)) {
            return files.count();
        }
    }

    private static String words(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonReader.parse(response.body()).get("text").string();
    }

    private static void refused(HttpResponse<String> response, int status, String... parts) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = error(response);
        assertThat(error.get("type").string()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").string()).contains(parts);
    }

    @Test
    void isNoForm() throws Exception {
        try (RawClient raw = new RawClient(service.server())) {
            raw.send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(raw.status()).isEqualTo(415);
        }
    }

    @Test
    void isAFormWithoutABoundary() throws Exception {
        try (RawClient raw = new RawClient(service.server())) {
            raw.send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\nabcd");
            assertThat(raw.status()).isEqualTo(400);
        }
    }

    @Test
    void isABrokenForm() throws Exception {
        Form broken = good().text("--" + Form.BOUNDARY + "\r\nno header line\r\n\r\nx\r\n");
        refused(service.post(broken), 400, "multipart");
        Form unnamed = good().text("--" + Form.BOUNDARY + "\r\nContent-Disposition: form-data\r\n\r\nx\r\n");
        refused(service.post(unnamed), 400, "without a name");
    }

    @Test
    void hasNoFile() throws Exception {
        refused(service.post(new Form().field("model", "digits")), 400, "without a file");
        refused(service.post(new Form().field("model", "digits").field("file", "x")), 400, "file name");
    }

    @Test
    void hasTwoFiles() throws Exception {
        refused(service.post(good().file("b.wav", new byte[3])), 400, "two files");
    }

    @Test
    void hasAnEmptyFile() throws Exception {
        refused(service.post(new Form().field("model", "digits").file("a.wav", new byte[0])), 400, "empty file");
    }

    @Test
    void isTextNamedWav() throws Exception {
        Form text = new Form().field("model", "digits").file("a.wav", "not audio".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> response = service.post(text);
        refused(response, 400, "expected");
        assertThat(error(response).get("code").string()).isEqualTo("invalid_audio");
        assertThat(error(response).get("param").string()).isEqualTo("file");
        assertThat(error(response).get("message").string()).doesNotContain(uploads.toString());
    }

    @Test
    void asksForAModelThatIsNotThere() throws Exception {
        refused(service.post(good().field("model", "x")), 400, "2 values of 'model'");
        refused(service.post(new Form().file(SpeechService.RECORDING)), 400, "no model");
        refused(service.post(new Form().field("model", "large").file(SpeechService.RECORDING)), 404, "'large'");
    }

    @ParameterizedTest
    @CsvSource({
        "response_format, xml",
        "temperature, hot",
        "temperature, 7",
        "language, 'the one of my mother'",
        "stream, perhaps",
        "timestamp_granularities[], word",
        "chunking_strategy, '{}'",
        "colour, red",
        "prompt, 'zwölf Boxkämpfer'"
    })
    void hasAFieldThatIsWrong(String name, String value) throws Exception {
        HttpResponse<String> response = service.post(good().field(name, value));
        refused(response, 400, "expected");
        assertThat(error(response).get("param").string()).isEqualTo(name);
    }

    @Test
    void streamsSubtitles() throws Exception {
        refused(service.post(good().field("stream", "true").field("response_format", "srt")), 400, "json or text");
    }

    @Test
    void hasFieldsWithoutEnd() throws Exception {
        refused(service.post(good().field("prompt", "a".repeat(100_000))), 400, "65536");
        Form many = good();
        for (int i = 0; i < 100; i++) {
            many.field("timestamp_granularities[]", "word");
        }
        refused(service.post(many), 400, "broken");
    }

    @Test
    void isTooLarge() throws Exception {
        byte[] large = new byte[LIMIT + 1];
        refused(service.post(new Form().field("model", "digits").file("a.wav", large)), 413, "at most " + LIMIT);
        try (RawClient announced = new RawClient(service.server())) {
            assertThat(announced.upload(1L << 40).status()).isEqualTo(413);
        }
        try (RawClient chunked = new RawClient(service.server())) {
            chunked.send(
                    "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data;"
                            + " boundary=" + Form.BOUNDARY + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] body = new Form().file("a.wav", large).bytes();
            chunked.send(Integer.toHexString(body.length) + "\r\n").send(body).send("\r\n0\r\n\r\n");
            assertThat(chunked.status()).isEqualTo(413);
        }
    }

    @Test
    void isCutOff() throws Exception {
        byte[] whole = good().bytes();
        for (int i = 0; i < 20; i++) {
            try (RawClient cut = new RawClient(service.server())) {
                cut.upload(whole.length).send(Arrays.copyOf(whole, whole.length * i / 20));
            }
        }
        try (RawClient endless = new RawClient(service.server())) {
            byte[] open = good().withoutEnd();
            assertThat(endless.upload(open.length).send(open).status()).isEqualTo(400);
        }
    }

    /** The server puts up with it for 2 s; others are served meanwhile. */
    @Test
    void comesByteByByte() throws Exception {
        byte[] whole = good().bytes();
        try (RawClient slow = new RawClient(service.server())) {
            slow.upload(whole.length);
            long begun = System.nanoTime();
            int sent = 0;
            while (System.nanoTime() - begun < 2_500_000_000L) {
                slow.send(new byte[] {whole[sent++]});
                Thread.sleep(100);
                if (sent % 10 == 0) {
                    assertThat(words(service.post(good()))).isEqualTo(WORDS);
                }
            }
            slow.send(new byte[] {whole[sent]});
            assertThat(slow.status()).isEqualTo(408);
        }
    }

    @Test
    void isOfAPageOfAnotherOrigin() throws Exception {
        try (RawClient page = new RawClient(service.server())) {
            byte[] body = good().bytes();
            page.send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                            + "Content-Type: multipart/form-data; boundary=" + Form.BOUNDARY + "\r\nContent-Length: "
                            + body.length + "\r\n\r\n")
                    .send(body);
            assertThat(page.status()).isEqualTo(403);
        }
        try (RawClient page = new RawClient(service.server())) {
            page.send(
                    "OPTIONS /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nOrigin: https://good.example\r\n\r\n");
            assertThat(page.head())
                    .startsWith("HTTP/1.1 204")
                    .contains("Access-Control-Allow-Origin: https://good.example");
        }
    }

    @Test
    void goesToAnotherPathOrByAnotherMethod() throws Exception {
        assertThat(service.get("v1/audio/transcriptions").statusCode()).isEqualTo(405);
        HttpResponse<String> nowhere = service.get("v1/audio/translations");
        refused(nowhere, 404, "/v1/audio/translations");
    }

    /** It never reads its answers; the pipeline of them fills, and nobody else waits. */
    @Test
    void neverReads() throws Exception {
        byte[] whole = good().field("response_format", "verbose_json").bytes();
        try (RawClient deaf = new RawClient(service.server())) {
            for (int i = 0; i < 20; i++) {
                deaf.upload(whole.length).send(whole);
            }
            assertThat(words(service.post(good()))).isEqualTo(WORDS);
        }
    }
}
