package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quantvoice.server.SpeechService.RECORDING;
import static org.quantvoice.server.SpeechService.WORDS;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams.TimestampGranularity;
import com.openai.models.audio.transcriptions.TranscriptionStreamEvent;
import com.openai.models.audio.transcriptions.TranscriptionVerbose;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;

/** OpenAI's own client for Java, told nothing but another address and key. */
final class OpenAiClientTest {
    private static SpeechService service;
    private static OpenAIClient client;
    private static Transcript expected;

    @BeforeAll
    static void start() {
        service = new SpeechService(SpeechServer.builder().apiKey("sk-first").apiKey("sk-second"));
        client = client("sk-second");
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            expected = session.transcribe(RECORDING);
        }
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(service.server().url() + "v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        service.close();
    }

    private static TranscriptionCreateParams.Builder request() {
        return TranscriptionCreateParams.builder().file(RECORDING).model("digits");
    }

    private static String text(AudioResponseFormat format) {
        return client.audio()
                .transcriptions()
                .create(request().responseFormat(format).build())
                .asTranscription()
                .text();
    }

    @Test
    void theUsualAnswerIsJson() {
        var answer = client.audio().transcriptions().create(request().build());
        assertThat(answer.asTranscription().text()).isEqualTo(WORDS);
        assertThat(answer.asTranscription().usage().orElseThrow().asDuration().seconds())
                .isEqualTo(Math.ceil(expected.audioSeconds()));
    }

    @Test
    void textAndSubtitlesAreThoseOfTheTranscript() {
        assertThat(text(AudioResponseFormat.TEXT)).isEqualTo(WORDS + "\n");
        assertThat(text(AudioResponseFormat.SRT)).isEqualTo(expected.toSrt()).contains(" --> ");
        assertThat(text(AudioResponseFormat.VTT)).isEqualTo(expected.toVtt()).startsWith("WEBVTT");
    }

    @Test
    void verboseJsonHasWordsAndSegments() {
        TranscriptionVerbose verbose = client.audio()
                .transcriptions()
                .create(request()
                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                        .language("en")
                        .timestampGranularities(List.of(TimestampGranularity.WORD, TimestampGranularity.SEGMENT))
                        .build())
                .asVerbose()
                .validate();
        assertThat(verbose.text()).isEqualTo(WORDS);
        assertThat(verbose.language()).isEqualTo("en");
        assertThat(verbose.duration()).isCloseTo(expected.audioSeconds(), org.assertj.core.data.Offset.offset(1e-3));
        var words = verbose.words().orElseThrow();
        assertThat(words).hasSameSizeAs(expected.words());
        for (int i = 0; i < words.size(); i++) {
            assertThat(words.get(i).word()).isEqualTo(expected.words().get(i).text());
            assertThat(words.get(i).start())
                    .isEqualTo((float) expected.words().get(i).start());
            assertThat(words.get(i).end())
                    .isEqualTo((float) expected.words().get(i).end());
        }
        var segments = verbose.segments().orElseThrow();
        assertThat(segments).hasSize(1);
        assertThat(segments.get(0).text()).isEqualTo(WORDS);
        assertThat(segments.get(0).avgLogprob()).isNegative();
        assertThat(segments.get(0).validate().tokens()).isEmpty();
    }

    @Test
    void segmentsAloneUnlessWordsAreAskedFor() {
        TranscriptionVerbose verbose = client.audio()
                .transcriptions()
                .create(request()
                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                        .build())
                .asVerbose();
        assertThat(verbose.words()).isEmpty();
        assertThat(verbose.segments()).isPresent();
    }

    @Test
    void wordsComeAsEvents() {
        StringBuilder deltas = new StringBuilder();
        String done = null;
        try (StreamResponse<TranscriptionStreamEvent> events =
                client.audio().transcriptions().createStreaming(request().build())) {
            for (TranscriptionStreamEvent event : (Iterable<TranscriptionStreamEvent>) events.stream()::iterator) {
                if (event.isTranscriptTextDelta()) {
                    deltas.append(event.asTranscriptTextDelta().delta());
                } else if (event.isTranscriptTextDone()) {
                    done = event.asTranscriptTextDone().text();
                }
            }
        }
        assertThat(deltas).hasToString(WORDS);
        assertThat(done).isEqualTo(WORDS);
    }

    /** A hotword that is as likely as can be changes what is heard. */
    @Test
    void aPromptIsHotwords() {
        var answer = client.audio()
                .transcriptions()
                .create(request().prompt("Nine, six; three.").temperature(0.2).build());
        assertThat(answer.asTranscription().text()).isEqualTo(WORDS);
        assertThatThrownBy(() -> client.audio()
                        .transcriptions()
                        .create(request().prompt("Nijmegen 7").build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("Nijmegen");
    }

    @Test
    void modelsAreListed() {
        var models = client.models().list().data();
        assertThat(models).hasSize(1);
        assertThat(models.get(0).validate().id()).isEqualTo("digits");
        assertThat(client.models().retrieve("digits").ownedBy()).isEqualTo("quantvoice");
    }

    @Test
    void errorsAreTheClientsExceptions() {
        OpenAIClient stranger = client("sk-third");
        assertThatThrownBy(
                        () -> stranger.audio().transcriptions().create(request().build()))
                .isInstanceOfSatisfying(UnauthorizedException.class, e -> {
                    assertThat(e.statusCode()).isEqualTo(401);
                    assertThat(e.code()).contains("invalid_api_key");
                });
        stranger.close();
        assertThatThrownBy(() -> client.audio()
                        .transcriptions()
                        .create(request().model("whisper-1").build()))
                .isInstanceOfSatisfying(NotFoundException.class, e -> {
                    assertThat(e.code()).contains("model_not_found");
                    assertThat(e.param()).contains("model");
                });
        assertThatThrownBy(() -> client.models().retrieve("whisper-1")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.audio()
                        .transcriptions()
                        .create(request()
                                .file("no audio".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                .build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.type()).contains("invalid_request_error"));
    }
}
