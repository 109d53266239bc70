package org.quantvoice.server.openai;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Word;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.live.LiveService;
import org.quantvoice.server.live.LiveSocket;
import org.quantvoice.server.live.Speech;
import org.quantvoice.stream.StreamEvent;

/**
 * A client of {@code /v1/realtime?intent=transcription}. Deltas are words that do not change any more. A wrong event
 * gets an {@code error} event, and the session goes on, as with OpenAI's server.
 */
public final class RealtimeSocket extends LiveSocket {
    private static final int MAX_TEXT_BYTES = 1 << 20;

    private final String name = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    private final RealtimeEvents events = new RealtimeEvents(name);
    private RealtimeSettings settings = RealtimeSettings.usual();
    private boolean beta;
    private @Nullable Speech speech;
    private Item item = new Item(0);
    private @Nullable String before;
    /** Seconds of audio before the present speech, which began at the last commit or clear. */
    private double earlier;

    private double heard;

    /** An utterance, and how much of it was sent to the client. */
    private final class Item {
        private final int number;
        private boolean started;
        private int words;

        Item(int number) {
            this.number = number;
        }

        String id() {
            return "item_" + name + "_" + number;
        }
    }

    public RealtimeSocket(LiveService service, String client) {
        super(service, client, MAX_TEXT_BYTES);
    }

    @Override
    protected void opened() throws IOException {
        send(events.session("session.created", settings));
    }

    @Override
    protected void text(String text) throws IOException {
        JsonNode event =
                // a message that is no JSON ends the connection, as nothing after it can be trusted
                JsonReader.parse(text);
        @Nullable String id = event.find("event_id").map(JsonNode::string).orElse(null);
        try {
            handle(event.get("type").string(), event);
        } catch (HttpFailure e) {
            send(events.error("invalid_value", e.getMessage(), id));
        } catch (QuantVoiceException e) {
            drop();
            speech = null;
            send(events.error(
                    "invalid_value", "Got " + e.got() + "; expected " + e.expected() + "; " + e.cure() + ".", id));
        }
    }

    private void handle(String type, JsonNode event) throws IOException {
        switch (type) {
            case "session.update", "transcription_session.update" -> update(type, event.get("session"));
            case "input_audio_buffer.append" -> append(event.get("audio").string());
            case "input_audio_buffer.commit" -> commit();
            case "input_audio_buffer.clear" -> clear();
            default ->
                throw new AudioFormatException(
                        "an event '" + type + "'",
                        "session.update, input_audio_buffer.append, .commit or .clear",
                        "this server has the transcription half of the protocol only");
        }
    }

    private void update(String type, JsonNode session) throws IOException {
        if (speech != null) {
            throw new AudioFormatException(
                    "a session.update after audio", "one before the first append, or after a commit", "send it first");
        }
        RealtimeSettings wanted = settings.with(session);
        // a trial refuses settings with which no speech could be opened later
        Speech.open(service(), wanted.wish(), e -> {}, seconds -> {}).close();
        settings = wanted;
        beta = type.startsWith("transcription_session");
        send(events.session(beta ? "transcription_session.updated" : "session.updated", settings));
    }

    private void append(String base64) {
        byte[] pcm;
        try {
            pcm = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new AudioFormatException(
                    "audio that is not base64 (" + e.getMessage() + ")", "base64 of 16-bit PCM", "encode the PCM", e);
        }
        if (speech == null) {
            speech = open(settings.wish(), this::hear);
        }
        heard += speech.accept(ByteBuffer.wrap(pcm));
    }

    private void hear(StreamEvent event) {
        if (event instanceof StreamEvent.Final last) {
            begin(last.words().get(0).start());
            delta(last.words());
            complete(last);
        } else if (event instanceof StreamEvent.Partial partial
                && !partial.committed().isEmpty()) {
            begin(partial.committed().get(0).start());
            delta(partial.committed());
        }
    }

    private void begin(double second) {
        if (!item.started) {
            item.started = true;
            if (settings.vad()) {
                tell(events.speech(true, item.id(), earlier + second));
            }
        }
    }

    private void delta(List<Word> words) {
        if (words.size() > item.words) {
            StringBuilder text = new StringBuilder();
            for (int i = item.words; i < words.size(); i++) {
                text.append(i == 0 || words.get(i).attached() ? "" : " ")
                        .append(words.get(i).text());
            }
            tell(events.delta(item.id(), text.toString()));
            item.words = words.size();
        }
    }

    private void complete(StreamEvent.Final last) {
        if (settings.vad()) {
            tell(events.speech(false, item.id(), earlier + last.end()));
        }
        tell(events.committed(item.id(), before));
        tell(events.item(beta ? "conversation.item.created" : "conversation.item.added", item.id(), before));
        tell(events.completed(item.id(), last.text(), last.end() - last.start()));
        before = item.id();
        item = new Item(item.number + 1);
    }

    /** Makes an item of the audio in the buffer, even if it is silence. */
    private void commit() throws IOException {
        Speech open = speech;
        if (open == null) {
            throw new AudioFormatException("a commit of an empty buffer", "audio before it", "append audio first");
        }
        boolean told = open.finish().isPresent();
        if (!told) {
            send(events.committed(item.id(), before));
            send(events.completed(item.id(), "", heard - earlier));
            before = item.id();
            item = new Item(item.number + 1);
        }
        anew();
    }

    private void clear() throws IOException {
        drop();
        anew();
        item = new Item(item.number + 1);
        send(events.cleared());
    }

    private void anew() {
        speech = null;
        earlier = heard;
    }

    @Override
    protected void binary(ByteBuffer bytes) {
        throw new AudioFormatException(
                "a binary message", "events as JSON text", "send PCM as base64 in input_audio_buffer.append");
    }

    @Override
    protected String error(String got, String expected, String cure) {
        return events.error("invalid_event", "Got " + got + "; expected " + expected + "; " + cure + ".", null);
    }
}
