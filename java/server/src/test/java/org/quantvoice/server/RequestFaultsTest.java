package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.server.http.ApiKeys;
import org.quantvoice.server.http.Origins;
import org.quantvoice.server.http.Replies;
import org.quantvoice.server.http.Route;
import org.quantvoice.server.http.Router;

/** What endpoints throw that nobody foresaw: a document of the API, never Jetty's page. */
final class RequestFaultsTest {
    private static Server server;
    private static ServerConnector connector;

    private static int depth(int n) {
        return n + depth(n + 1) + depth(n + 2);
    }

    private static Route route(String path, Runnable work) {
        return new Route("GET", path, true, (request, response) -> {
            work.run();
            Replies.send(response, 200, Replies.TEXT, "fine");
        });
    }

    @BeforeAll
    static void start() throws Exception {
        server = new Server();
        connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        List<Route> routes = List.of(
                route("/fine", () -> {}),
                route("/deep", () -> depth(0)),
                route("/memory", () -> {
                    throw new OutOfMemoryError("Java heap space");
                }),
                route("/class", () -> {
                    throw new NoClassDefFoundError("org/example/Missing");
                }),
                route("/state", () -> {
                    throw new IllegalStateException("secret");
                }));
        server.setHandler(new Router(routes, new ApiKeys(List.of()), new Origins(false, "127.0.0.1", List.of())));
        server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI at = URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "/deep, 500, internal_error",
        "/memory, 503, out_of_memory",
        "/class, 500, internal_error",
        "/state, 500, internal_error"
    })
    void isADocumentOfTheApi(String path, int status, String code) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(Replies.JSON);
        JsonNode error = JsonReader.parse(answer.body()).get("error");
        assertThat(error.get("code").string()).isEqualTo(code);
        assertThat(error.get("type").string()).isEqualTo("server_error");
        assertThat(error.get("message").string()).doesNotContain("secret", "Missing", "heap");
    }

    @Test
    void leavesTheServerUsable() throws Exception {
        get("/deep");
        assertThat(get("/fine").body()).isEqualTo("fine");
    }
}
