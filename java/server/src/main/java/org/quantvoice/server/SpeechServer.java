package org.quantvoice.server;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.quantvoice.error.OutputException;
import org.quantvoice.server.http.ApiKeys;
import org.quantvoice.server.http.ErrorDocuments;
import org.quantvoice.server.http.Origins;
import org.quantvoice.server.http.Route;
import org.quantvoice.server.http.Router;
import org.quantvoice.server.http.UploadLimits;
import org.quantvoice.server.http.UploadReader;
import org.quantvoice.server.live.IdleWatch;
import org.quantvoice.server.live.LiveService;
import org.quantvoice.server.live.Page;
import org.quantvoice.server.load.Admission;
import org.quantvoice.server.metrics.ServerMetrics;
import org.quantvoice.server.models.ModelLease;
import org.quantvoice.server.models.ModelRegistry;
import org.quantvoice.server.openai.ModelList;
import org.quantvoice.server.openai.Transcriptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of speech recognition over HTTP and WebSocket; the package describes the protocols. Safe for several
 * threads.
 *
 * <pre>{@code
 * try (SpeechServer server = SpeechServer.builder().model("digits", session).port(8080).start()) {
 *     server.join();
 * }
 * }</pre>
 */
public final class SpeechServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechServer.class);
    /** The number of threads besides one for each client. */
    private static final int OWN_THREADS = 8;

    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    private final String host;
    private final boolean secure;
    private final Duration drain;
    private final ModelRegistry models;
    private final Origins origins;
    private final Admission admission;
    private final IdleWatch idle;
    private final Sockets sockets;
    private final Server server;
    private final ServerConnector connector;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SpeechServer(SpeechServerBuilder settings) {
        host = settings.host;
        secure = settings.tls != null;
        drain = settings.drain;
        origins = new Origins(secure, host, settings.origins);
        admission = new Admission(settings.limits());
        server = new Server(threads(settings));
        connector = settings.tls == null
                ? new ServerConnector(server, 1, 1, Http.connections())
                : settings.tls.connector(server);
        connector.setHost(host);
        connector.setPort(settings.port);
        server.addConnector(connector);
        ApiKeys keys = new ApiKeys(settings.keys);
        MeterRegistry registry = settings.metersOrOwn();
        ServerMetrics metrics = new ServerMetrics(registry);
        idle = new IdleWatch(settings.idle);
        models = new ModelRegistry(settings.models);
        describe(metrics);
        sockets = new Sockets(new LiveService(models, admission, metrics, idle), keys, origins);
        List<Route> routes = new ArrayList<>(new Operations(admission, models).routes(registry));
        routes.addAll(recordings(settings, keys, metrics));
        routes.addAll(Page.routes());
        WebSocketUpgradeHandler upgrades = WebSocketUpgradeHandler.from(
                server, made -> sockets.configure(made, settings.maxMessageBytes, settings.idle));
        upgrades.setHandler(new Router(routes, keys, origins));
        server.setHandler(upgrades);
        server.setErrorHandler(new ErrorDocuments());
        server.setRequestLog(new AccessLog(routes, keys, metrics));
    }

    private List<Route> recordings(SpeechServerBuilder settings, ApiKeys keys, ServerMetrics metrics) {
        UploadReader uploads = new UploadReader(new UploadLimits(
                settings.uploadFolder,
                settings.maxUploadBytes,
                settings.minUploadBytesPerSecond,
                settings.uploadGrace));
        ModelList list = new ModelList(models);
        return List.of(
                new Route(
                        "POST",
                        "/v1/audio/transcriptions",
                        false,
                        new Transcriptions(models, admission, uploads, keys, metrics)),
                new Route("GET", "/v1/models", false, list),
                new Route("GET", "/v1/models/*", false, list));
    }

    private static QueuedThreadPool threads(SpeechServerBuilder settings) {
        QueuedThreadPool threads =
                new QueuedThreadPool(OWN_THREADS + settings.streams + settings.slots + settings.queue);
        threads.setName("speech");
        return threads;
    }

    private void describe(ServerMetrics metrics) {
        metrics.gauge("quantvoice.recordings", "Recordings that are uploaded, wait or run", admission::recordings);
        metrics.gauge("quantvoice.recordings.running", "Recordings that run", admission::running);
        metrics.gauge("quantvoice.live.streams", "Live streams", admission::streams);
        models.loadedAt().keySet().forEach(name -> metrics.model(name, () -> bytes(name)));
    }

    private long bytes(String name) {
        try (ModelLease lease = models.lease(name).orElseThrow()) {
            return lease.session().info().modelBytes();
        }
    }

    public static SpeechServerBuilder builder() {
        return new SpeechServerBuilder();
    }

    static SpeechServer start(SpeechServerBuilder settings) {
        SpeechServer made = new SpeechServer(settings);
        try {
            made.connector.open();
            made.origins.listensAt(made.port()); // set before any client can send a request
            made.server.start();
        } catch (Exception e) { // Jetty's start() declares Exception
            made.close();
            throw failure(settings, e);
        }
        return made;
    }

    private static RuntimeException failure(SpeechServerBuilder settings, Exception e) {
        boolean bind = e instanceof BindException || e.getCause() instanceof BindException;
        if (bind || e instanceof IOException) {
            return new OutputException(
                    "port " + settings.port + " of " + settings.host + ", which cannot be used (" + e.getMessage()
                            + ")",
                    "a free port and an address of this machine",
                    "stop the other program, or choose another port",
                    e);
        }
        return new IllegalStateException("the server did not start", e);
    }

    /** Returns the port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Returns the URL of the page, as it is opened on this machine. */
    public String url() {
        return (secure ? "https://" : "http://") + (everyAddress() ? "localhost" : Origins.inUrl(host)) + ":" + port()
                + "/";
    }

    /**
     * Returns whether it listens on all addresses of this machine, of which pages may know only {@link #url()} and the
     * allowed ones.
     */
    public boolean everyAddress() {
        return EVERY_ADDRESS.contains(host);
    }

    /** Returns the number of open live streams. */
    public int streams() {
        return admission.streams();
    }

    /** Returns the number of recordings that are uploaded, wait or run. */
    public int recordings() {
        return admission.recordings();
    }

    /**
     * Loads all models with a loader again, while the old ones go on serving. Requests in progress finish on the old
     * ones.
     *
     * @return the names that were loaded
     * @throws org.quantvoice.error.QuantVoiceException if one cannot be loaded; it stays as it was
     */
    public List<String> reload() {
        return models.reload();
    }

    /** Waits until another thread closes the server. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Refuses new requests, waits for running recordings within the limit, tells live clients that it stops, and stops.
     * The log says which work was cut off. Closing again does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        admission.stop();
        int cut = awaitRecordings();
        int live = admission.streams();
        idle.close();
        sockets.dismiss();
        try {
            server.stop();
        } catch (Exception e) { // Jetty's stop() declares Exception
            LOG.warn("the server did not stop in order", e);
        }
        models.close();
        if (cut > 0 || live > 0) {
            LOG.warn("stopped: {} recordings and {} live streams were cut", cut, live);
        }
    }

    private int awaitRecordings() {
        try {
            return admission.awaitRecordings(drain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return admission.recordings();
        }
    }
}
