package org.quantvoice.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** A client of the caption server that is no browser. */
final class Client implements WebSocket.Listener {
    private static final long PATIENCE_SECONDS = 120;

    private final List<JsonNode> events = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private WebSocket socket;

    static Client connect(SpeechServer server) {
        return connect(server, null);
    }

    static Client connect(SpeechServer server, String origin) {
        return connect(URI.create("ws://127.0.0.1:" + server.port() + "/live"), origin);
    }

    static Client connect(URI at, String origin) {
        Client client = new Client();
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (origin != null) {
            builder.header("Origin", origin);
        }
        client.socket = builder.buildAsync(at, client).join();
        return client;
    }

    Client text(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    Client start(int rate, int channels) {
        return text("{\"type\":\"start\",\"rate\":" + rate + ",\"channels\":" + channels + "}");
    }

    Client bytes(byte... pcm) {
        socket.sendBinary(ByteBuffer.wrap(pcm), true).join();
        return this;
    }

    /** One message in so many pieces. */
    Client fragments(byte[] piece, int count) {
        for (int i = 1; i <= count; i++) {
            socket.sendBinary(ByteBuffer.wrap(piece), i == count).join();
        }
        return this;
    }

    /** Sends samples in messages of so many; each sample once for every channel. */
    Client audio(float[] samples, int channels, int piece) {
        for (int at = 0; at < samples.length; at += piece) {
            int count = Math.min(piece, samples.length - at);
            ByteBuffer pcm = ByteBuffer.allocate(2 * channels * count).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count * channels; i++) {
                pcm.putShort((short) Math.round(samples[at + i / channels] * 32_768f));
            }
            // the JDK's client swaps bytes when it masks a little-endian buffer
            socket.sendBinary(pcm.flip().order(ByteOrder.BIG_ENDIAN), true).join();
        }
        return this;
    }

    /** Sends messages to a server that may close the connection at any of them: the rest is then not sent. */
    Client insist(Consumer<Client> messages) {
        try {
            messages.accept(this);
        } catch (CompletionException e) {
            closeCode(); // a message that failed on an open connection is a fault
        }
        return this;
    }

    /** Ends the audio and waits for the last event. */
    List<JsonNode> stop() {
        text("{\"type\":\"stop\"}");
        closeCode();
        return events();
    }

    /** Waits until the server closes the connection. */
    int closeCode() {
        try {
            return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the server did not close the connection; events: " + texts(), e);
        }
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** Waits for an event of a type. */
    Client await(String type) throws InterruptedException {
        for (int i = 0; events(type).isEmpty(); i++) {
            if (i > 100 * PATIENCE_SECONDS || isClosed()) {
                throw new AssertionError("no " + type + "; events: " + texts());
            }
            Thread.sleep(10);
        }
        return this;
    }

    /** Waits until so many events have come, whatever their types. */
    Client awaitCount(int count) throws InterruptedException {
        for (int i = 0; events().size() < count; i++) {
            if (i > 100 * PATIENCE_SECONDS || isClosed()) {
                throw new AssertionError("only " + events().size() + " of " + count + " events");
            }
            Thread.sleep(10);
        }
        return this;
    }

    /** Goes away in order, but without a stop message. */
    Client close() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        return this;
    }

    /** Goes away without a word. */
    void vanish() {
        socket.abort();
    }

    synchronized List<JsonNode> events() {
        return List.copyOf(events);
    }

    synchronized List<JsonNode> events(String type) {
        return events.stream()
                .filter(e -> e.find("type").filter(t -> t.string().equals(type)).isPresent())
                .toList();
    }

    private List<String> texts() {
        return events().stream()
                .map(e -> e.find("type").map(JsonNode::string).orElse("?"))
                .toList();
    }

    /** The words of all finals. */
    String words() {
        return String.join(
                " ", events("final").stream().map(e -> e.get("text").string()).toList());
    }

    /** All that is told of the words of all finals: text, times, confidence. */
    List<String> spoken() {
        return events("final").stream()
                .flatMap(e -> e.get("words").items().stream())
                .map(w -> w.get("word").string() + " " + w.get("start").number() + " "
                        + w.get("end").number() + " " + w.get("confidence").number())
                .toList();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        synchronized (this) {
            text.append(data);
            if (last) {
                events.add(JsonReader.parse(text.toString()));
                text.setLength(0);
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }
}
