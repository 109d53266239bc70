package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quantvoice.server.SpeechService.RECORDING;
import static org.quantvoice.server.SpeechService.ROOT;
import static org.quantvoice.server.SpeechService.WORDS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/**
 * The clients that people have in Python, from their packages: {@code openai}, and {@code vosk-transcriber} of {@code vosk}.
 * {@code .ci/python-clients} installs both and prints the interpreter for the property {@code quantvoice.python}.
 */
@EnabledIfSystemProperty(named = "quantvoice.python", matches = ".+")
final class PythonClientsTest {
    private static final Path SCRIPTS = ROOT.resolve("java/server/src/test/python");

    @TempDir
    Path folder;

    /** Runs a script and gives what it printed. */
    private String python(String script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("quantvoice.python"), SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        boolean ended = process.waitFor(4, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("%s%n%s", String.join(" ", command), Files.readString(err))
                .isTrue();
        return Files.readString(out);
    }

    private static List<String> words(JsonNode words) {
        return words.items().stream()
                .map(w -> "%s %.2f %.2f"
                        .formatted(
                                w.items().get(0).string(),
                                w.items().get(1).number(),
                                w.items().get(2).number()))
                .toList();
    }

    private static String failure(JsonNode answers, String name) {
        JsonNode failure = answers.get(name);
        return failure.get("class").string() + " " + failure.get("status").number();
    }

    @Test
    void openAisClientReadsEveryAnswer() throws Exception {
        Transcript expected;
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            expected = session.transcribe(RECORDING);
        }
        try (SpeechService service = new SpeechService(SpeechServer.builder().apiKey("sk-right"))) {
            JsonNode answers = JsonReader.parse(
                    python("openai_client.py", service.server().url() + "v1", "sk-right", RECORDING.toString()));
            assertThat(answers.get("models").items().get(0).string()).isEqualTo("digits");
            assertThat(answers.get("json").string()).isEqualTo(WORDS);
            assertThat(answers.get("text").string().strip()).isEqualTo(WORDS);
            assertThat(answers.get("srt").string()).isEqualTo(expected.toSrt());
            assertThat(answers.get("vtt").string()).isEqualTo(expected.toVtt());
            assertThat(answers.get("prompt").string()).isEqualTo(WORDS);
            assertThat(answers.get("keywords").string()).isEqualTo(WORDS);
            JsonNode verbose = answers.get("verbose");
            assertThat(verbose.get("text").string()).isEqualTo(WORDS);
            assertThat(verbose.get("segments").items().get(0).string()).isEqualTo(WORDS);
            assertThat(words(verbose.get("words")))
                    .isEqualTo(expected.words().stream()
                            .map(w -> "%s %.2f %.2f".formatted(w.text(), w.start(), w.end()))
                            .toList());
            assertThat(answers.get("streamed").get("deltas").string()).isEqualTo(WORDS);
            assertThat(answers.get("streamed").get("done").items().get(0).string())
                    .isEqualTo(WORDS);
            assertThat(failure(answers, "unknown_model")).isEqualTo("NotFoundError 404.0");
            assertThat(failure(answers, "no_audio")).isEqualTo("BadRequestError 400.0");
            assertThat(failure(answers, "unspellable")).isEqualTo("BadRequestError 400.0");
            assertThat(failure(answers, "wrong_key")).isEqualTo("AuthenticationError 401.0");
        }
    }

    /** Its address has no path, its audio comes from {@code ffmpeg}, and it waits for an answer to each message. */
    @Test
    void voskTranscriberWritesTextAndSubtitles() throws Exception {
        try (ServedSpeech served = ServedSpeech.start()) {
            String url = "ws://127.0.0.1:" + served.server().port();
            Path text = folder.resolve("words.txt");
            python("vosk_transcriber.py", url, "--server", "-i", RECORDING.toString(), "-o", text.toString());
            assertThat(Files.readString(text).strip()).isEqualTo(WORDS);
            Path subtitles = folder.resolve("words.srt");
            python(
                    "vosk_transcriber.py",
                    url,
                    "--server",
                    "-i",
                    RECORDING.toString(),
                    "-t",
                    "srt",
                    "-o",
                    subtitles.toString());
            assertThat(Files.readString(subtitles)).contains(" --> ").contains(WORDS);
            served.awaitNobody();
        }
    }
}
