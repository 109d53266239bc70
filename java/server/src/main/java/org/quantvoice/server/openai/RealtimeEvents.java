package org.quantvoice.server.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.json.JsonWriter;

/** The server's events for one client of the realtime protocol, as JSON. An object is for one thread. */
final class RealtimeEvents {
    private final String session;
    private long number;

    /** @param session a name for the session, unique in the server */
    RealtimeEvents(String session) {
        this.session = session;
    }

    private Map<String, @Nullable Object> typed(String type) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("type", type);
        map.put("event_id", "event_" + session + "_" + number++);
        return map;
    }

    String session(String type, RealtimeSettings settings) {
        Map<String, @Nullable Object> map = typed(type);
        map.put("session", settings.document("sess_" + session));
        return JsonWriter.compact(map);
    }

    String cleared() {
        return JsonWriter.compact(typed("input_audio_buffer.cleared"));
    }

    String speech(boolean started, String item, double second) {
        Map<String, @Nullable Object> map =
                typed(started ? "input_audio_buffer.speech_started" : "input_audio_buffer.speech_stopped");
        map.put(started ? "audio_start_ms" : "audio_end_ms", Math.round(second * 1e3));
        map.put("item_id", item);
        return JsonWriter.compact(map);
    }

    String committed(String item, @Nullable String before) {
        Map<String, @Nullable Object> map = typed("input_audio_buffer.committed");
        map.put("previous_item_id", before);
        map.put("item_id", item);
        return JsonWriter.compact(map);
    }

    String item(String type, String item, @Nullable String before) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("type", "input_audio");
        content.put("transcript", null);
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        made.put("id", item);
        made.put("object", "realtime.item");
        made.put("type", "message");
        made.put("status", "completed");
        made.put("role", "user");
        made.put("content", List.of(content));
        Map<String, @Nullable Object> map = typed(type);
        map.put("previous_item_id", before);
        map.put("item", made);
        return JsonWriter.compact(map);
    }

    String delta(String item, String text) {
        Map<String, @Nullable Object> map = typed("conversation.item.input_audio_transcription.delta");
        map.put("item_id", item);
        map.put("content_index", 0);
        map.put("delta", text);
        return JsonWriter.compact(map);
    }

    String completed(String item, String text, double seconds) {
        Map<String, @Nullable Object> map = typed("conversation.item.input_audio_transcription.completed");
        map.put("item_id", item);
        map.put("content_index", 0);
        map.put("transcript", text);
        map.put("usage", TranscriptDocuments.usage(seconds));
        return JsonWriter.compact(map);
    }

    /** @param cause the client's id of the wrong event, if it gave one */
    String error(String code, String message, @Nullable String cause) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("type", "invalid_request_error");
        error.put("code", code);
        error.put("message", message);
        error.put("param", null);
        error.put("event_id", cause);
        Map<String, @Nullable Object> map = typed("error");
        map.put("error", error);
        return JsonWriter.compact(map);
    }
}
