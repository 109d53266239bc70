package org.quantvoice.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.quantvoice.QuantSession;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** A server over the embedded models, and requests to it. */
final class SpeechService implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    static final Path RECORDING = ROOT.resolve("examples/audio/george-02.flac");
    static final String WORDS = "nine six three";

    private final HttpClient http = HttpClient.newHttpClient();
    private final QuantSession digits = QuantSession.builder().threads(1).build();
    private final SpeechServer server;

    SpeechService(SpeechServerBuilder settings) {
        server = settings.model("digits", digits).start();
    }

    SpeechServer server() {
        return server;
    }

    URI uri(String path) {
        return URI.create(server.url() + path);
    }

    HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(Form form, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("v1/audio/transcriptions"))
                .header("Content-Type", "multipart/form-data; boundary=" + Form.BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form.bytes()));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A request as it should be. */
    static Form good() throws Exception {
        return new Form().field("model", "digits").file(RECORDING);
    }

    static JsonNode error(HttpResponse<String> response) {
        return JsonReader.parse(response.body()).get("error");
    }

    @Override
    public void close() {
        server.close();
        digits.close();
    }
}
