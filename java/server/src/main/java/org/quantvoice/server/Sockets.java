package org.quantvoice.server;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.server.http.ApiKeys;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.http.Origins;
import org.quantvoice.server.http.Replies;
import org.quantvoice.server.live.CaptionSocket;
import org.quantvoice.server.live.LiveService;
import org.quantvoice.server.live.LiveSocket;
import org.quantvoice.server.live.VoskSocket;
import org.quantvoice.server.openai.RealtimeSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The WebSockets of a server. It decides who may open one, and closes them when the server stops. */
final class Sockets {
    /** The paths of the WebSockets. */
    static final Set<String> PATHS = Set.of("/live", "/vosk", "/v1/realtime");

    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
    /**
     * The root path, because vosk-transcriber and other clients take only a host and a port. A plain HTTP request of
     * this path gets the page.
     */
    private static final String ROOT = "regex|^/$";
    /** Seconds that closing waits for clients to read the goodbye. */
    private static final int FAREWELL_SECONDS = 1;
    /** The longest text message in bytes; such a message holds audio in base64. */
    private static final int MAX_TEXT_BYTES = 1 << 20;

    private final LiveService service;
    private final ApiKeys keys;
    private final Origins origins;
    private volatile @Nullable ServerWebSocketContainer container; // set when the server starts

    Sockets(LiveService service, ApiKeys keys, Origins origins) {
        this.service = service;
        this.keys = keys;
        this.origins = origins;
    }

    /** Makes a socket of one protocol. */
    private interface Protocol {
        LiveSocket open(LiveService service, String client);
    }

    void configure(ServerWebSocketContainer made, int maxMessageBytes, Duration idle) {
        made.setMaxBinaryMessageSize(maxMessageBytes);
        made.setMaxTextMessageSize(MAX_TEXT_BYTES);
        made.setMaxFrameSize(Math.max(maxMessageBytes, MAX_TEXT_BYTES));
        made.setIdleTimeout(idle);
        add(made, "/live", CaptionSocket::new);
        add(made, "/vosk", VoskSocket::new);
        add(made, ROOT, VoskSocket::new);
        add(made, "/v1/realtime", RealtimeSocket::new);
        container = made;
    }

    private void add(ServerWebSocketContainer made, String path, Protocol protocol) {
        made.addMapping(path, (request, response, callback) -> connect(request, response, callback, protocol));
    }

    /** Returns a socket for a client, or null after a refusal. */
    private @Nullable Object connect(
            ServerUpgradeRequest request,
            ServerUpgradeResponse response,
            org.eclipse.jetty.util.Callback callback,
            Protocol protocol) {
        List<String> subprotocols = request.getSubProtocols();
        try {
            origins.check(request, response);
            keys.check(request, subprotocols);
            requireIntent(request);
        } catch (HttpFailure e) {
            refuse(response, callback, e);
            return null;
        }
        subprotocols.stream()
                .filter(p -> !p.startsWith(ApiKeys.SUBPROTOCOL))
                .findFirst()
                .ifPresent(response::setAcceptedSubProtocol);
        return protocol.open(service, keys.client(request, subprotocols));
    }

    private static void requireIntent(Request request) {
        if (Request.getPathInContext(request).equals("/v1/realtime")) {
            String intent = Request.extractQueryParameters(request).getValue("intent");
            if (!"transcription".equals(intent)) {
                throw HttpFailure.invalid(
                        "intent", "Got the intent '" + intent + "'; expected /v1/realtime?intent=transcription.");
            }
        }
    }

    private static void refuse(
            ServerUpgradeResponse response, org.eclipse.jetty.util.Callback callback, HttpFailure failure) {
        try {
            Replies.failure(response, failure);
            callback.succeeded();
        } catch (IOException e) {
            callback.failed(e);
        }
    }

    /** Tells all clients that the server stops. */
    void dismiss() {
        ServerWebSocketContainer open = container;
        if (open == null) {
            return;
        }
        List<CompletableFuture<Void>> told =
                open.getOpenSessions().stream().map(Sockets::farewell).toList();
        try {
            CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.info("a client does not read that the server stops");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static CompletableFuture<Void> farewell(Session client) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        client.close(
                StatusCode.SHUTDOWN,
                "the server stops",
                Callback.from(() -> sent.complete(null), lost -> sent.complete(null)));
        return sent;
    }
}
