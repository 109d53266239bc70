package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.json.JsonNode;
import org.quantvoice.json.JsonReader;
import org.quantvoice.server.Client;
import org.quantvoice.server.ServedSpeech;

/** The command {@code qv serve} as a process of its own, from its first line to the signal that ends it. */
final class ServeCommandTest {
    private static final int SIGTERM_EXIT = 128 + 15;
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    private Path folder;

    @Test
    void servesUntilItIsStopped() throws Exception {
        Process process = start("serve", "--port", "0", "--json");
        try {
            JsonNode told =
                    CompletableFuture.supplyAsync(() -> document(process)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(told.get("model").string()).isEqualTo("u2-digits");
            assertThat(told.get("url").string())
                    .isEqualTo("http://127.0.0.1:" + told.get("port").integer(1, 65_535) + "/");
            URI live = URI.create(told.get("url").string().replace("http:", "ws:") + "live");
            Client client = Client.connect(live, null).start(16_000, 1).audio(ServedSpeech.speech(), 1, 1600);
            client.stop();
            assertThat(client.words()).as(errors()).isEqualTo(ServedSpeech.WORDS);

            Client connected = Client.connect(live, null).start(16_000, 1).await("ready");
            process.destroy();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("it ends; %s", errors())
                    .isTrue();
            assertThat(process.exitValue()).as(errors()).isEqualTo(SIGTERM_EXIT);
            assertThat(connected.closeCode()).as("going away").isEqualTo(1001);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(String... command) throws IOException {
        List<String> words = new java.util.ArrayList<>(List.of(
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
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("err.txt"));
    }
}
