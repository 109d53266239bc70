package org.quantvoice.server.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** A client of the page's own protocol, which the package {@code org.quantvoice.server} describes. */
public final class CaptionSocket extends LiveSocket {
    private static final String PROTOCOL = "{\"type\":\"start\",\"rate\":...}, 16-bit PCM, {\"type\":\"stop\"}";
    private static final int MAX_TEXT_BYTES = 1024;

    private @Nullable Speech speech;

    public CaptionSocket(LiveService service, String client) {
        super(service, client, MAX_TEXT_BYTES);
    }

    @Override
    protected void text(String text) throws IOException {
        JsonNode message = JsonReader.parse(text);
        String type = message.get("type").string();
        if (type.equals("start") && speech == null) {
            start(message);
        } else if (type.equals("stop") && speech != null) {
            stop(speech);
        } else {
            throw new AudioFormatException("a message '" + type + "'", PROTOCOL, "follow the protocol");
        }
    }

    private void start(JsonNode message) throws IOException {
        long rate = message.get("rate").integer(1, Integer.MAX_VALUE);
        long channels = message.find("channels")
                .map(c -> c.integer(1, Integer.MAX_VALUE))
                .orElse(1L);
        Optional<String> model = message.find("model").map(JsonNode::string);
        Speech opened = open(new Speech.Wish(model, List.of(), rate, channels, UnaryOperator.identity()), event -> {
            Speech telling = speech;
            if (telling != null) {
                tell(Messages.event(event, telling.timing()));
            }
        });
        speech = opened;
        send(Messages.ready(
                opened.model().name(),
                opened.model().session().sampleRate(),
                opened.model().latencySeconds()));
    }

    private void stop(Speech open) throws IOException {
        open.finish();
        send(Messages.end(open.timing()));
        end(StatusCode.NORMAL, "done");
    }

    @Override
    protected void binary(ByteBuffer bytes) {
        if (speech == null) {
            throw new AudioFormatException("audio before the start message", PROTOCOL, "send the start message first");
        }
        speech.accept(bytes);
    }

    @Override
    protected String error(String got, String expected, String cure) {
        return Messages.error(got, expected, cure);
    }
}
