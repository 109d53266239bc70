package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** The command {@code qv serve} as a process of its own, from its first line to the signal that ends it. */
final class ServeCommandTest {
    private static final int SIGTERM_EXIT = 128 + 15;
    private static final int PATIENCE_SECONDS = 120;
    private static final Path RECORDING = Qv.DIGITS.resolve("../../examples/audio/george-02.flac");
    private static final String WORDS = "nine six three";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void servesTwoModelsUntilItIsStopped() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "# ours\nsecret-1\n");
        Process process = start(
                "serve",
                "--port",
                "0",
                "--json",
                "--model",
                "u2-digits",
                "--model",
                "small=digits",
                "--keys",
                "" + keys);
        try {
            JsonNode told =
                    CompletableFuture.supplyAsync(() -> document(process)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String url = told.get("url").string();
            assertThat(told.get("model").string()).isEqualTo("u2-digits");
            assertThat(url).isEqualTo("http://127.0.0.1:" + told.get("port").integer(1, 65_535) + "/");
            assertThat(words(url, "small")).as(errors()).isEqualTo(WORDS);
            assertThat(words(url, "u2-digits")).as(errors()).isEqualTo(WORDS);

            hangUp(process);
            for (int i = 0; i < 10 * PATIENCE_SECONDS && !errors().contains("loaded anew"); i++) {
                Thread.sleep(100);
            }
            assertThat(errors()).contains("loaded anew: [u2-digits, small]");
            assertThat(words(url, "small")).as(errors()).isEqualTo(WORDS);

            CompletableFuture<Integer> farewell = connect(url);
            process.destroy();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("it ends; %s", errors())
                    .isTrue();
            assertThat(process.exitValue()).as(errors()).isEqualTo(SIGTERM_EXIT);
            assertThat(farewell.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("going away")
                    .isEqualTo(1001);
            assertThat(errors()).contains("1 live streams were cut");
        } finally {
            process.destroyForcibly();
        }
    }

    private static void hangUp(Process process) throws Exception {
        int code = new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    private String words(String url, String model) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + model
                        + "\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.flac\"\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(Files.readAllBytes(RECORDING));
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "v1/audio/transcriptions"))
                .header("Authorization", "Bearer secret-1")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonReader.parse(response.body()).get("text").string();
    }

    /** A live client; gives the code with which the server closes. */
    private CompletableFuture<Integer> connect(String url) {
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        WebSocket socket = http.newWebSocketBuilder()
                .header("Authorization", "Bearer secret-1")
                .buildAsync(URI.create(url.replace("http:", "ws:") + "live"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        ready.complete(null);
                        return WebSocket.Listener.super.onText(from, data, last);
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                        closed.complete(code);
                        return null;
                    }
                })
                .join();
        socket.sendText("{\"type\":\"start\",\"rate\":16000}", true).join();
        ready.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        return closed;
    }

    private Process start(String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "org.quantvoice.cli.Main"));
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
    }

    /** The one document that it prints before it serves. */
    private JsonNode document(Process process) {
        StringBuilder text = new StringBuilder();
        try {
            BufferedReader out = process.inputReader();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                text.append(line).append('\n');
                if (line.equals("}")) {
                    return JsonReader.parse(text.toString());
                }
            }
            throw new AssertionError("no document but " + text + "; " + errors());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("err.txt"));
    }
}
