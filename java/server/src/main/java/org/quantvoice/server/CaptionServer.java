package org.quantvoice.server;

import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.OutputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Captions over HTTP: see the package. Safe for several threads; the source stays the caller's. */
public final class CaptionServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptionServer.class);
    /** Threads besides one for each client. */
    private static final int OWN_THREADS = 8;

    /** For clients that still read. */
    private static final int FAREWELL_SECONDS = 1;

    private static final int MAX_TEXT_BYTES = 1024;
    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    private final Server server;
    private final ServerConnector connector;
    private final ServeOptions options;
    private final CaptionSource source;
    private final Semaphore places;
    private volatile @Nullable ServerWebSocketContainer container; // made when the server starts

    private CaptionServer(ServeOptions options, CaptionSource source) {
        this.options = options;
        this.source = source;
        places = new Semaphore(options.maxClients());
        QueuedThreadPool threads = new QueuedThreadPool(OWN_THREADS + options.maxClients());
        threads.setName("captions");
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1);
        connector.setHost(options.host());
        connector.setPort(options.port());
        server.addConnector(connector);
        WebSocketUpgradeHandler sockets = WebSocketUpgradeHandler.from(server, this::configure);
        sockets.setHandler(new PageHandler());
        server.setHandler(sockets);
    }

    /**
     * Starts to listen.
     *
     * @throws OutputException if the port is in use or the address is not this machine's
     */
    public static CaptionServer start(ServeOptions options, CaptionSource source) {
        CaptionServer made = new CaptionServer(options, source);
        try {
            made.server.start();
        } catch (Exception e) { // Jetty's start() declares it
            made.close();
            throw failure(options, e);
        }
        return made;
    }

    private static RuntimeException failure(ServeOptions options, Exception e) {
        boolean bind = e instanceof BindException || e.getCause() instanceof BindException;
        if (bind || e instanceof IOException) {
            return new OutputException(
                    "port " + options.port() + " of " + options.host() + ", which cannot be used (" + e.getMessage()
                            + ")",
                    "a free port and an address of this machine",
                    "stop the other program, or choose another port",
                    e);
        }
        return new IllegalStateException("the server did not start", e);
    }

    private void configure(ServerWebSocketContainer made) {
        made.setMaxBinaryMessageSize(options.maxMessageBytes());
        made.setMaxTextMessageSize(MAX_TEXT_BYTES);
        made.setMaxFrameSize(options.maxMessageBytes());
        made.setIdleTimeout(options.idle());
        made.addMapping("/live", this::connect);
        container = made;
    }

    /** A socket for a client, or null after a refusal. */
    private @Nullable Object connect(
            ServerUpgradeRequest request, ServerUpgradeResponse response, org.eclipse.jetty.util.Callback callback) {
        OriginCheck origins = new OriginCheck(options.host(), port(), options.allowedOrigins());
        String origin = request.getHeaders().get("Origin");
        if (!origins.allows(origin)) {
            LOG.warn("a page of {} refused; allowed are {}; --allow-origin {} allows it", origin, origins, origin);
            Response.writeError(request, response, callback, HttpStatus.FORBIDDEN_403, "origin not allowed");
            return null;
        }
        return new CaptionSocket(source, places);
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The page, as it is opened on this machine. */
    public String url() {
        return "http://" + (everyAddress() ? "localhost" : OriginCheck.inUrl(options.host())) + ":" + port() + "/";
    }

    /** Whether it listens on all addresses of this machine, of which pages may know only {@link #url()} and the allowed ones. */
    public boolean everyAddress() {
        return EVERY_ADDRESS.contains(options.host());
    }

    /** Clients that can still connect. */
    int freePlaces() {
        return places.availablePermits();
    }

    /** Waits until it is closed by another thread. */
    public void join() throws InterruptedException {
        server.join();
    }

    /** Tells all clients that it goes, and stops. */
    @Override
    public void close() {
        dismissClients();
        try {
            server.stop();
        } catch (Exception e) { // Jetty's stop() declares it
            LOG.warn("the server did not stop in order", e);
        }
    }

    private void dismissClients() {
        ServerWebSocketContainer open = container;
        if (open == null) {
            return;
        }
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (Session client : open.getOpenSessions()) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            told.add(sent);
            client.close(
                    StatusCode.SHUTDOWN,
                    "the server stops",
                    Callback.from(() -> sent.complete(null), lost -> sent.complete(null)));
        }
        try {
            CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.info("a client does not read that the server stops");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
