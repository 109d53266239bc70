package org.quantvoice.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A page of a Chromium that runs, driven by its debugging protocol. */
final class BrowserPage implements AutoCloseable, WebSocket.Listener {
    private static final int PATIENCE_SECONDS = 180;

    private final ObjectMapper json = new ObjectMapper();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;
    private int number;

    static BrowserPage open(Path profile, Process browser, String url) throws Exception {
        Path portFile = profile.resolve("DevToolsActivePort");
        for (int i = 0; !Files.exists(portFile) || Files.readAllLines(portFile).isEmpty(); i++) {
            if (i > 10 * PATIENCE_SECONDS || !browser.isAlive()) {
                throw new AssertionError("the browser did not start");
            }
            Thread.sleep(100);
        }
        String port = Files.readAllLines(portFile).get(0);
        BrowserPage page = new BrowserPage();
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest create = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?" + url))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        String target = http.send(create, HttpResponse.BodyHandlers.ofString()).body();
        URI debugger = URI.create(
                page.json.readTree(target).get("webSocketDebuggerUrl").asText());
        page.socket = http.newWebSocketBuilder().buildAsync(debugger, page).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        page.await("the page", "document.readyState === 'complete' && document.getElementById('state') ? 'yes' : ''");
        return page;
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = ++number;
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        String message = json.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
        socket.sendText(message, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).path("result");
    }

    /** The value of an expression as text; waits for promises. */
    String run(String expression) throws Exception {
        JsonNode result = call(
                "Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.path("result").path("value").asText();
    }

    /** Waits until an expression is no longer empty. */
    void await(String what, String expression) throws Exception {
        for (int i = 0; run(expression).isEmpty(); i++) {
            if (i > 10 * PATIENCE_SECONDS) {
                throw new AssertionError("no " + what + "; the page says: " + run("document.body.innerText"));
            }
            Thread.sleep(100);
        }
    }

    /** Chooses a file in an input. */
    void choose(String selector, Path file) throws Exception {
        int root = call("DOM.getDocument", Map.of()).get("root").get("nodeId").asInt();
        int input = call("DOM.querySelector", Map.of("nodeId", root, "selector", selector))
                .get("nodeId")
                .asInt();
        call("DOM.setFileInputFiles", Map.of("nodeId", input, "files", List.of(file.toString())));
    }

    void screenshot(Path file) throws Exception {
        String data = call("Page.captureScreenshot", Map.of()).get("data").asText();
        Files.write(file, Base64.getDecoder().decode(data));
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                JsonNode message = json.readTree(text.toString());
                CompletableFuture<JsonNode> answer =
                        answers.remove(message.path("id").asInt());
                if (answer != null) {
                    answer.complete(message);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        answers.values().forEach(answer -> answer.complete(json.createObjectNode()));
        return null;
    }

    /** Closes the page too, and with it its connections. */
    @Override
    public void close() {
        try {
            call("Page.close", Map.of());
        } catch (Exception e) { // of the test's own machinery
            throw new AssertionError("the page does not close", e);
        } finally {
            socket.abort();
        }
    }
}
