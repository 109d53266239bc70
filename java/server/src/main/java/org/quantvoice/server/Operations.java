package org.quantvoice.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.http.Replies;
import org.quantvoice.server.http.Route;
import org.quantvoice.server.load.Admission;
import org.quantvoice.server.models.ModelRegistry;

/** The routes for operators of a server: liveness, readiness, meters, description, and loading models again. */
final class Operations {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Admission admission;
    private final ModelRegistry models;

    Operations(Admission admission, ModelRegistry models) {
        this.admission = admission;
        this.models = models;
    }

    /** Returns the routes. The meters have one if their registry is one of Prometheus. */
    List<Route> routes(MeterRegistry registry) {
        List<Route> routes = new ArrayList<>();
        routes.add(new Route("GET", "/healthz", true, Operations::health));
        routes.add(new Route("GET", "/readyz", true, this::ready));
        routes.add(new Route("GET", "/openapi.json", true, Operations::description));
        routes.add(new Route("POST", "/admin/reload", false, this::reload));
        if (registry instanceof PrometheusMeterRegistry prometheus) {
            routes.add(new Route(
                    "GET",
                    "/metrics",
                    false,
                    (request, response) -> Replies.send(response, 200, PROMETHEUS, prometheus.scrape())));
        }
        return routes;
    }

    private static void health(Request request, Response response) throws IOException {
        Replies.json(response, 200, Map.of("status", "ok"));
    }

    private void ready(Request request, Response response) throws IOException {
        boolean stopping = admission.isStopping();
        Replies.json(response, stopping ? 503 : 200, Map.of("status", stopping ? "stopping" : "ready"));
    }

    private void reload(Request request, Response response) throws IOException {
        try {
            Replies.json(response, 200, Map.of("reloaded", models.reload()));
        } catch (QuantVoiceException e) {
            throw HttpFailure.server(
                    500,
                    "reload_failed",
                    "A model could not be loaded, so it stays as it was: got " + e.got() + "; expected " + e.expected()
                            + "; " + e.cure() + ".",
                    e);
        }
    }

    private static void description(Request request, Response response) throws IOException {
        try (InputStream in = Operations.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("the resource openapi.json is missing from the jar");
            }
            Replies.send(response, 200, Replies.JSON, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
