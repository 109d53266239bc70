package org.quantvoice.server;

import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.quantvoice.server.http.ApiKeys;
import org.quantvoice.server.http.Route;
import org.quantvoice.server.metrics.ServerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one line of log for each answered request, with SLF4J's keys and values, and updates its meters. */
final class AccessLog implements RequestLog {
    static final String LOGGER = "org.quantvoice.server.access";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final List<Route> routes;
    private final ApiKeys keys;
    private final ServerMetrics metrics;

    AccessLog(List<Route> routes, ApiKeys keys, ServerMetrics metrics) {
        this.routes = routes;
        this.keys = keys;
        this.metrics = metrics;
    }

    @Override
    public void log(Request request, Response response) {
        long nanos = System.nanoTime() - request.getBeginNanoTime();
        String path = Request.getPathInContext(request);
        String known = routes.stream()
                .filter(r -> r.isAt(path))
                .map(Route::path)
                .findFirst()
                .orElse(Sockets.PATHS.contains(path) ? path : "other");
        metrics.request(known, response.getStatus(), nanos);
        LOG.atInfo()
                .addKeyValue("client", keys.client(request, List.of()))
                .addKeyValue("method", request.getMethod())
                .addKeyValue("path", path)
                .addKeyValue("status", response.getStatus())
                .addKeyValue("bytesIn", Request.getContentBytesRead(request))
                .addKeyValue("bytesOut", Response.getContentBytesWritten(response))
                .addKeyValue("millis", nanos / 1_000_000)
                .addKeyValue("agent", request.getHeaders().get(HttpHeader.USER_AGENT))
                .log("request");
    }
}
