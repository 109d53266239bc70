package org.quantvoice.server.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.stream.StreamEvent;

/**
 * A client of Vosk's server: an optional {@code {"config": {...}}}, messages of 16-bit PCM, {@code {"eof": 1}}. Each
 * message of PCM gets one answer, on which Vosk's clients rely: the result of an utterance that has ended, or a partial
 * one. If several utterances end within one message, the answers to the following messages report them one after the
 * other; those that are left at the end are reported as one.
 */
public final class VoskSocket extends LiveSocket {
    private static final String PROTOCOL =
            "{\"config\": {\"sample_rate\": 16000, ...}}, 16-bit PCM, {\"eof\": 1} or {\"reset\": 1}";
    private static final int MAX_TEXT_BYTES = 1 << 16;
    private static final String UNKNOWN_WORD = "[unk]";

    private final Deque<StreamEvent.Final> finals = new ArrayDeque<>();
    private VoskMessages messages = new VoskMessages(true, false, 0);
    private Optional<String> model = Optional.empty();
    private List<String> phrases = List.of();
    private long rate = 16_000;
    private @Nullable Speech speech;

    public VoskSocket(LiveService service, String client) {
        super(service, client, MAX_TEXT_BYTES);
    }

    @Override
    protected void text(String text) throws IOException {
        JsonNode message = JsonReader.parse(text);
        if (message.find("config").isPresent()) {
            configure(message.get("config"));
        } else if (message.find("eof").isPresent()) {
            send(last());
            end(StatusCode.NORMAL, "done");
        } else if (message.find("reset").isPresent()) {
            send(last());
        } else {
            throw new AudioFormatException("a message with " + message.keys(), PROTOCOL, "follow the protocol");
        }
    }

    private void configure(JsonNode config) {
        if (speech != null) {
            throw new AudioFormatException(
                    "a configuration after audio",
                    PROTOCOL,
                    "send the configuration before the first PCM, or after a reset");
        }
        config.find("sample_rate").ifPresent(r -> rate = Math.round(r.number()));
        config.find("model").ifPresent(m -> model = Optional.of(m.string()));
        config.find("phrase_list")
                .ifPresent(list -> phrases = list.items().stream()
                        .map(JsonNode::string)
                        .filter(phrase -> !phrase.equals(UNKNOWN_WORD) && !phrase.isBlank())
                        .toList());
        messages = new VoskMessages(
                config.find("words").map(VoskSocket::truth).orElse(messages.words()),
                config.find("partial_words").map(VoskSocket::truth).orElse(messages.partialWords()),
                config.find("max_alternatives")
                        .map(n -> (int) n.integer(0, 100))
                        .orElse(messages.maxAlternatives()));
    }

    /** Returns a truth value, which Python's clients send as true or 1. */
    private static boolean truth(JsonNode node) {
        return node.isNumber() ? node.number() != 0 : node.bool();
    }

    private Speech running() {
        Speech open = speech;
        if (open == null) {
            open = open(new Speech.Wish(model, phrases, rate, 1, UnaryOperator.identity()), this::heard);
            speech = open;
        }
        return open;
    }

    private void heard(StreamEvent event) {
        if (event instanceof StreamEvent.Final last) {
            finals.add(last);
        }
    }

    @Override
    protected void binary(ByteBuffer bytes) throws IOException {
        Speech open = running();
        open.accept(bytes);
        StreamEvent.Final told = finals.poll();
        send(told != null ? messages.result(List.of(told)) : messages.partial(open.partial()));
    }

    /** Ends the audio and returns the last result. The next PCM begins a new stream. */
    private String last() {
        Speech open = speech;
        if (open != null) {
            open.finish();
        }
        speech = null;
        List<StreamEvent.Final> rest = new ArrayList<>(finals);
        finals.clear();
        return messages.result(rest);
    }

    @Override
    protected String error(String got, String expected, String cure) {
        return Messages.error(got, expected, cure);
    }
}
