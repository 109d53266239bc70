package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** A recording of more than one window: its segments, and its words as they are recognised. */
final class LongRecordingTest {
    private static final int RATE = 16_000;
    private static final int TIMES = 12;
    private static final int PERIOD = 5 * RATE;

    private static SpeechService service;

    @BeforeAll
    static void start() {
        service = new SpeechService(SpeechServer.builder());
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    /** The same words every 5 s for a minute. */
    private static byte[] minute() {
        int samples = TIMES * PERIOD;
        ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1);
        wav.putShort((short) 1)
                .putInt(RATE)
                .putInt(2 * RATE)
                .putShort((short) 2)
                .putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
        float[] speech = ServedSpeech.speech();
        for (int t = 0; t < TIMES; t++) {
            for (int i = 0; i < speech.length; i++) {
                wav.putShort(44 + 2 * (t * PERIOD + i), (short) Math.round(speech[i] * 32_768));
            }
        }
        return wav.array();
    }

    private static Form form() {
        return new Form().field("model", "digits").file("minute.wav", minute());
    }

    @Test
    void segmentsAreTheUtterances() throws Exception {
        HttpResponse<String> response = service.post(form().field("response_format", "verbose_json")
                .field("timestamp_granularities[]", "word")
                .field("timestamp_granularities[]", "segment"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = JsonReader.parse(response.body());
        List<JsonNode> segments = answer.get("segments").items();
        assertThat(segments).hasSize(TIMES);
        for (int i = 0; i < TIMES; i++) {
            assertThat(segments.get(i).get("id").integer(0, TIMES)).isEqualTo(i);
            assertThat(segments.get(i).get("text").string()).isEqualTo(ServedSpeech.WORDS);
            assertThat(segments.get(i).get("start").number()).isBetween(5.0 * i, 5.0 * i + 1);
            assertThat(segments.get(i).get("end").number()).isBetween(5.0 * i + 0.5, 5.0 * i + 2);
        }
        assertThat(answer.get("words").items()).hasSize(3 * TIMES);
        assertThat(answer.get("duration").number()).isEqualTo(60);
    }

    @Test
    void aDeltaComesForEachSegment() throws Exception {
        HttpResponse<String> response = service.post(form().field("stream", "true"));
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<String> data = response.body()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
        assertThat(data.get(data.size() - 1)).isEqualTo("[DONE]");
        List<JsonNode> events =
                data.stream().limit(data.size() - 1L).map(JsonReader::parse).toList();
        List<String> deltas = events.stream()
                .filter(e -> e.get("type").string().equals("transcript.text.delta"))
                .map(e -> e.get("delta").string())
                .toList();
        assertThat(deltas).hasSize(TIMES);
        JsonNode done = events.get(events.size() - 1);
        assertThat(done.get("type").string()).isEqualTo("transcript.text.done");
        assertThat(deltas.stream().collect(Collectors.joining()))
                .isEqualTo(done.get("text").string());
    }
}
