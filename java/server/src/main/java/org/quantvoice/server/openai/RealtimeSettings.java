package org.quantvoice.server.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.server.live.Speech;
import org.quantvoice.stream.EndpointRules;

/**
 * The settings of a transcription session.
 *
 * @param model the name of the model; empty for the server's usual one
 * @param rate hertz of the PCM
 * @param vad whether the server finds the ends of utterances; else the client commits
 * @param silenceMillis milliseconds of silence that end an utterance
 */
record RealtimeSettings(
        Optional<String> model, Optional<String> language, String prompt, long rate, boolean vad, long silenceMillis) {
    private static final long USUAL_RATE = 24_000;
    private static final long USUAL_SILENCE = 500;

    static RealtimeSettings usual() {
        return new RealtimeSettings(Optional.empty(), Optional.empty(), "", USUAL_RATE, true, USUAL_SILENCE);
    }

    /**
     * Returns the settings with the changes of a {@code session.update}, in the present form of the API ({@code
     * audio.input}) or in that of its beta ({@code input_audio_format} and so on).
     *
     * @throws org.quantvoice.error.QuantVoiceException if this server cannot follow a value
     */
    RealtimeSettings with(JsonNode session) {
        session.find("type").map(JsonNode::string).ifPresent(type -> {
            if (!type.equals("transcription")) {
                throw wrong("a session of type '" + type + "'", "transcription");
            }
        });
        Optional<JsonNode> input = session.find("audio").flatMap(a -> a.find("input"));
        JsonNode settings = input.orElse(session);
        RealtimeSettings made = input.flatMap(i -> i.find("format"))
                .or(() -> session.find("input_audio_format"))
                .map(this::withFormat)
                .orElse(this);
        made = settings.find("transcription")
                .or(() -> session.find("input_audio_transcription"))
                .map(made::withTranscription)
                .orElse(made);
        return settings.find("turn_detection").map(made::withTurns).orElse(made);
    }

    private static AudioFormatException wrong(String got, String expected) {
        return new AudioFormatException(got, expected, "correct the session.update");
    }

    /**
     * Returns the settings with a format, which is an object with a rate or, in the beta, a name, where PCM is always
     * at 24 kHz.
     */
    private RealtimeSettings withFormat(JsonNode format) {
        String type = format.isString() ? format.string() : format.get("type").string();
        if (!type.equals("audio/pcm") && !type.equals("pcm16")) {
            throw wrong("audio of type '" + type + "'", "audio/pcm (pcm16)");
        }
        long hertz = format.isString()
                ? USUAL_RATE
                : format.find("rate").map(r -> r.integer(8_000, 192_000)).orElse(USUAL_RATE);
        return new RealtimeSettings(model, language, prompt, hertz, vad, silenceMillis);
    }

    private RealtimeSettings withTranscription(JsonNode transcription) {
        return new RealtimeSettings(
                transcription.find("model").map(JsonNode::string).or(() -> model),
                transcription.find("language").map(JsonNode::string).or(() -> language),
                transcription.find("prompt").map(JsonNode::string).orElse(prompt),
                rate,
                vad,
                silenceMillis);
    }

    private RealtimeSettings withTurns(JsonNode turns) {
        if (turns.isNull()) {
            return new RealtimeSettings(model, language, prompt, rate, false, silenceMillis);
        }
        String type = turns.get("type").string();
        if (!type.equals("server_vad")) {
            throw wrong("turn detection '" + type + "'", "server_vad, or null");
        }
        long silence = turns.find("silence_duration_ms")
                .map(ms -> ms.integer(100, 60_000))
                .orElse(silenceMillis);
        return new RealtimeSettings(model, language, prompt, rate, true, silence);
    }

    Speech.Wish wish() {
        return new Speech.Wish(model, Phrases.of(prompt, List.of()), rate, 1, this::endpoints);
    }

    private EndpointRules endpoints(EndpointRules usual) {
        return vad
                ? usual.withSilenceAfterSpeech(silenceMillis / 1e3)
                : EndpointRules.none().withMaxLength(usual.maxLength());
    }

    Map<String, Object> document(String id) {
        Map<String, @Nullable Object> transcription = new LinkedHashMap<>();
        transcription.put("model", model.orElse(null));
        transcription.put("language", language.orElse(null));
        transcription.put("prompt", prompt);
        Map<String, Object> turns = new LinkedHashMap<>();
        turns.put("type", "server_vad");
        turns.put("silence_duration_ms", silenceMillis);
        Map<String, @Nullable Object> input = new LinkedHashMap<>();
        input.put("format", Map.of("type", "audio/pcm", "rate", rate));
        input.put("transcription", transcription);
        input.put("turn_detection", vad ? turns : null);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", "transcription");
        map.put("id", id);
        map.put("object", "realtime.transcription_session");
        map.put("include", List.of());
        map.put("audio", Map.of("input", input));
        return map;
    }
}
