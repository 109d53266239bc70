package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.internal.json.JsonNode;

/** Vosk's protocol, as its clients speak it: a message, its answer, the next message. */
final class VoskTest {
    private static ServedSpeech served;
    private static float[] speech;

    @BeforeAll
    static void start() {
        served = ServedSpeech.start();
        float[] three = Arrays.copyOf(ServedSpeech.speech(), 16_000 * 8);
        System.arraycopy(ServedSpeech.speech(), 0, three, 16_000 * 4, ServedSpeech.speech().length);
        speech = three;
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @AfterEach
    void everyPlaceIsFreeAgain() throws InterruptedException {
        served.awaitNobody();
    }

    private static Client connect() {
        return connect("/vosk");
    }

    private static Client connect(String path) {
        return Client.connect(URI.create("ws://127.0.0.1:" + served.server().port() + path), null);
    }

    /** Sends PCM in pieces, each when the answer to the one before has come, then the end. */
    private static List<JsonNode> answers(Client client, float[] samples, int piece) throws InterruptedException {
        int sent = client.events().size();
        for (int at = 0; at < samples.length; at += piece) {
            client.audio(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)), 1, piece);
            client.awaitCount(++sent);
        }
        client.text("{\"eof\" : 1}");
        client.closeCode();
        assertThat(client.events()).as("an answer for each message").hasSize(sent + 1);
        return client.events();
    }

    private static String texts(List<JsonNode> answers) {
        return answers.stream()
                .flatMap(a -> a.find("text").stream())
                .map(JsonNode::string)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @ValueSource(ints = {2000, 32_000})
    void eachMessageHasItsAnswer(int piece) throws InterruptedException {
        Client client = connect().text("{ \"config\" : { \"sample_rate\" : 16000.000000 } }");
        List<JsonNode> answers = answers(client, speech, piece);
        assertThat(texts(answers).replace(", ", " ")).isEqualTo("eight five six eight five six");
        List<JsonNode> words = new ArrayList<>();
        answers.forEach(a -> a.find("result").ifPresent(r -> words.addAll(r.items())));
        assertThat(words).hasSize(6);
        assertThat(words.get(3).get("start").number()).isBetween(4.0, 5.0);
        assertThat(words.get(3).get("conf").number()).isBetween(0.0, 1.0);
        if (piece < 16_000) {
            assertThat(answers.stream().filter(a -> a.find("partial").isPresent()))
                    .hasSizeGreaterThan(50);
        }
    }

    @Test
    void withoutAConfigurationItIsSpeechOf16Kilohertz() throws InterruptedException {
        assertThat(texts(answers(connect(), ServedSpeech.speech(), 1600))).isEqualTo(ServedSpeech.WORDS);
        assertThat(texts(answers(connect("/"), ServedSpeech.speech(), 1600))).isEqualTo(ServedSpeech.WORDS);
    }

    @Test
    void wordsAndAlternativesAreAsked() throws InterruptedException {
        Client bare = connect().text("{\"config\":{\"words\":0}}");
        List<JsonNode> answers = answers(bare, ServedSpeech.speech(), 4000);
        assertThat(answers.stream().filter(a -> a.find("result").isPresent())).isEmpty();
        Client several =
                connect().text("{\"config\":{\"max_alternatives\":3,\"phrase_list\":[\"eight five\",\"[unk]\"]}}");
        answers = answers(several, ServedSpeech.speech(), 4000);
        List<JsonNode> readings =
                answers.get(answers.size() - 1).get("alternatives").items();
        assertThat(readings).hasSizeBetween(2, 3);
        assertThat(readings.get(0).get("text").string()).isEqualTo(ServedSpeech.WORDS);
        assertThat(readings.get(0).get("confidence").number()).isBetween(0.3, 1.0);
    }

    @Test
    void aResetBeginsAnew() throws InterruptedException {
        float[] once = ServedSpeech.speech();
        Client client = connect().audio(once, 1, once.length).awaitCount(1);
        client.text("{\"reset\":1}").awaitCount(2);
        assertThat(texts(answers(client, ServedSpeech.speech(), 4000)))
                .isEqualTo(ServedSpeech.WORDS + ", " + ServedSpeech.WORDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "{\"config\":{\"sample_rate\":1}}",
                "{\"config\":{\"phrase_list\":[\"x9\"]}}",
                "{\"config\":{\"model\":\"other\"}}",
                "{\"config\":{\"max_alternatives\":-1}}",
                "{\"sing\":1}"
            })
    void whatIsNoMessageEndsTheConnection(String text) {
        Client client = connect().text(text).insist(c -> c.audio(new float[1600], 1, 1600));
        assertThat(client.closeCode()).isEqualTo(1007);
        assertThat(client.events().get(0).get("cure").string()).isNotBlank();
    }

    @Test
    void compressedZerosDoNotBlowUp() throws Exception {
        for (String path : List.of("/vosk", "/live", "/v1/realtime?intent=transcription")) {
            for (int opcode = 1; opcode <= 2; opcode++) {
                try (RawClient raw = new RawClient(served.server())) {
                    raw.webSocket(path).bomb(opcode, 8 << 20);
                    assertThat(raw.closeCode()).as(path + " " + opcode).isEqualTo(1009);
                }
            }
        }
        assertThat(texts(answers(connect(), ServedSpeech.speech(), 1600))).isEqualTo(ServedSpeech.WORDS);
    }
}
