package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.Resampler;
import org.quantvoice.internal.json.JsonNode;

/** The transcription half of OpenAI's realtime protocol. */
final class RealtimeTest {
    private static final String TRANSCRIPTION = "conversation.item.input_audio_transcription.";
    private static final String MANUAL =
            "{\"type\":\"session.update\",\"session\":{\"type\":\"transcription\",\"audio\":{\"input\":{"
                    + "\"format\":{\"type\":\"audio/pcm\",\"rate\":16000},\"turn_detection\":null}}}}";

    private static ServedSpeech served;

    @BeforeAll
    static void start() {
        served = ServedSpeech.start();
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @AfterEach
    void everyPlaceIsFreeAgain() throws InterruptedException {
        served.awaitNobody();
    }

    private static Client connect() throws InterruptedException {
        URI at = URI.create("ws://127.0.0.1:" + served.server().port() + "/v1/realtime?intent=transcription");
        return Client.connect(at, null).await("session.created");
    }

    private static Client append(Client client, float[] samples, int piece) {
        for (int at = 0; at < samples.length; at += piece) {
            float[] part = Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece));
            ByteBuffer pcm = ByteBuffer.allocate(2 * part.length).order(ByteOrder.LITTLE_ENDIAN);
            for (float x : part) {
                pcm.putShort((short) Math.round(x * 32_768f));
            }
            client.text("{\"type\":\"input_audio_buffer.append\",\"audio\":\""
                    + Base64.getEncoder().encodeToString(pcm.array()) + "\"}");
        }
        return client;
    }

    private static String transcripts(Client client) {
        return client.events(TRANSCRIPTION + "completed").stream()
                .map(e -> e.get("transcript").string())
                .collect(Collectors.joining(", "));
    }

    private static String deltas(Client client) {
        return client.events(TRANSCRIPTION + "delta").stream()
                .map(e -> e.get("delta").string())
                .collect(Collectors.joining());
    }

    /** At 24 kHz, as the protocol has it unless told otherwise; silence of the speaker ends the utterance. */
    @Test
    void theServerFindsTheEnds() throws InterruptedException {
        float[] speech = Arrays.copyOf(ServedSpeech.speech(), 16_000 * 4);
        float[] samples = Resampler.resample(new Audio(speech, 16_000), 24_000).samples();
        Client client = append(connect(), samples, 2400).await(TRANSCRIPTION + "completed");
        assertThat(transcripts(client)).isEqualTo(ServedSpeech.WORDS);
        assertThat(deltas(client)).isEqualTo(ServedSpeech.WORDS);
        List<String> types = client.events().stream()
                .map(e -> e.get("type").string())
                .distinct()
                .toList();
        assertThat(types)
                .containsExactly(
                        "session.created",
                        "input_audio_buffer.speech_started",
                        TRANSCRIPTION + "delta",
                        "input_audio_buffer.speech_stopped",
                        "input_audio_buffer.committed",
                        "conversation.item.added",
                        TRANSCRIPTION + "completed");
        String item =
                client.events(TRANSCRIPTION + "completed").get(0).get("item_id").string();
        assertThat(client.events().stream().skip(1).flatMap(e -> e.find("item_id").stream()))
                .allSatisfy(id -> assertThat(id.string()).isEqualTo(item));
        assertThat(client.events("input_audio_buffer.speech_stopped")
                        .get(0)
                        .get("audio_end_ms")
                        .number())
                .isBetween(1_000.0, 4_000.0);
        client.close();
    }

    @Test
    void theClientCommitsAndClears() throws InterruptedException {
        Client client = connect().text(MANUAL).await("session.updated");
        JsonNode input = client.events("session.updated")
                .get(0)
                .get("session")
                .get("audio")
                .get("input");
        assertThat(input.get("format").get("rate").number()).isEqualTo(16_000);
        assertThat(input.get("turn_detection").isNull()).isTrue();
        append(client, ServedSpeech.speech(), 8_000).text("{\"type\":\"input_audio_buffer.clear\"}");
        append(client.await("input_audio_buffer.cleared"), ServedSpeech.speech(), 8_000)
                .text("{\"type\":\"input_audio_buffer.commit\"}")
                .await(TRANSCRIPTION + "completed");
        assertThat(transcripts(client)).isEqualTo(ServedSpeech.WORDS);
        append(client, ServedSpeech.speech(), 8_000).text("{\"type\":\"input_audio_buffer.commit\"}");
        while (client.events(TRANSCRIPTION + "completed").size() < 2) {
            Thread.sleep(10);
        }
        assertThat(transcripts(client)).isEqualTo(ServedSpeech.WORDS + ", " + ServedSpeech.WORDS);
        assertThat(client.events("input_audio_buffer.speech_started")).isEmpty();
        List<JsonNode> committed = client.events("input_audio_buffer.committed");
        assertThat(committed.get(1).get("previous_item_id").string())
                .isEqualTo(committed.get(0).get("item_id").string());
        client.close();
    }

    @Test
    void theBetaFormIsKnown() throws InterruptedException {
        Client client = connect()
                .text("{\"type\":\"transcription_session.update\",\"session\":{\"input_audio_format\":\"pcm16\","
                        + "\"input_audio_transcription\":{\"model\":\"u2-digits\",\"prompt\":\"eight\",\"language\":\"en\"},"
                        + "\"turn_detection\":{\"type\":\"server_vad\",\"silence_duration_ms\":900}}}")
                .await("transcription_session.updated");
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"response.create\"}",
                "{\"type\":\"input_audio_buffer.commit\"}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"***\"}",
                "{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"}}",
                "{\"type\":\"session.update\",\"session\":{\"input_audio_format\":\"g711_ulaw\"}}",
                "{\"type\":\"session.update\",\"session\":{\"input_audio_transcription\":{\"model\":\"x\"}}}",
                "{\"type\":\"session.update\",\"session\":{\"turn_detection\":{\"type\":\"semantic_vad\"}}}"
            })
    void whatIsWrongIsToldAndTheSessionGoesOn(String event) throws InterruptedException {
        Client client = connect().text(event.replace("{\"type\":\"", "{\"event_id\":\"mine\",\"type\":\""));
        JsonNode error = client.await("error").events("error").get(0).get("error");
        assertThat(error.get("message").string()).contains("expected");
        append(client.text(MANUAL), ServedSpeech.speech(), 8_000)
                .text("{\"type\":\"input_audio_buffer.commit\"}")
                .await(TRANSCRIPTION + "completed");
        assertThat(transcripts(client)).isEqualTo(ServedSpeech.WORDS);
        client.close();
    }

    @Test
    void anotherIntentIsRefused() {
        assertThatThrownBy(() -> Client.connect(
                        URI.create("ws://127.0.0.1:" + served.server().port() + "/v1/realtime?model=x"), null))
                .hasCauseInstanceOf(java.net.http.WebSocketHandshakeException.class);
    }
}
