package org.quantvoice.server.http;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.quantvoice.error.QuantVoiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the endpoint of a request, refuses clients without a key and pages of other origins, and turns every failure
 * into its document.
 */
public final class Router extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    /** The most bytes that are read of a refused body. */
    private static final long LINGER_BYTES = 4L << 20;

    private static final long LINGER_NANOS = 2_000_000_000L;

    private final List<Route> routes;
    private final ApiKeys keys;
    private final Origins origins;

    public Router(List<Route> routes, ApiKeys keys, Origins origins) {
        this.routes = List.copyOf(routes);
        this.keys = keys;
        this.origins = origins;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            try {
                answer(request, response);
            } catch (HttpFailure e) {
                refuse(request, response, e);
            } catch (QuantVoiceException e) {
                refuse(request, response, HttpFailure.of(e));
            }
            callback.succeeded();
        } catch (IOException e) {
            LOG.info("client {} is gone: {}", Request.getRemoteAddr(request), e.toString());
            callback.failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
        } catch (RuntimeException
                | Error e) { // an Error of one request, such as too little memory, must not end the others
            fault(request, response, callback, e);
        }
        return true;
    }

    private void answer(Request request, Response response) throws IOException, InterruptedException {
        String path = Request.getPathInContext(request);
        List<Route> here = routes.stream().filter(r -> r.isAt(path)).toList();
        if (here.isEmpty()) {
            throw HttpFailure.refused(404, "unknown_url", "There is nothing at " + path + "; see /openapi.json.");
        }
        String methods = here.stream().map(Route::method).collect(Collectors.joining(", "));
        if (request.getMethod().equals("OPTIONS")) {
            origins.check(request, response);
            response.setStatus(204);
            response.getHeaders().put(HttpHeader.ALLOW, methods);
            return;
        }
        Route route = here.stream().filter(r -> r.takes(request)).findFirst().orElseThrow(() -> {
            response.getHeaders().put(HttpHeader.ALLOW, methods);
            return HttpFailure.refused(
                    405,
                    "method_not_allowed",
                    "Got " + request.getMethod() + " " + path + "; expected " + methods + ".");
        });
        if (!route.open()) {
            origins.check(request, response);
            keys.check(request, List.of());
        }
        route.endpoint().answer(request, response);
    }

    /**
     * Sends the document of a failure. If a part of the answer was sent already, a client would take the document for
     * more of it, so the connection is broken off instead.
     */
    private static void refuse(Request request, Response response, HttpFailure failure)
            throws IOException, InterruptedException {
        if (failure.status() >= 500 && failure.status() != 503) {
            LOG.error("{} {}", request.getMethod(), request.getHttpURI().getPath(), failure);
        }
        if (response.isCommitted()) {
            throw new IOException("the answer had begun: " + failure.getMessage(), failure);
        }
        Replies.failure(response, failure);
        linger(request);
    }

    /**
     * Reads the body for a while after the answer, because a client that is still sending would not see the answer if
     * the connection broke.
     */
    private static void linger(Request request) throws InterruptedException {
        long end = System.nanoTime() + LINGER_NANOS;
        long left = LINGER_BYTES;
        while (left > 0) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                CountDownLatch more = new CountDownLatch(1);
                request.demand(more::countDown);
                if (!more.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return;
                }
                continue;
            }
            left -= Math.max(1, chunk.remaining());
            chunk.release();
            if (chunk.isLast()) {
                return;
            }
        }
    }

    private static void fault(Request request, Response response, Callback callback, Throwable e) {
        LOG.error(
                "{} {}: a fault of the server",
                request.getMethod(),
                request.getHttpURI().getPath(),
                e);
        if (response.isCommitted()) {
            callback.failed(e);
            return;
        }
        try {
            Replies.failure(response, failure(e));
            callback.succeeded();
        } catch (IOException gone) {
            callback.failed(gone);
        }
    }

    /**
     * Returns the failure for an unexpected exception. Only a lack of memory may be gone at the next try, so only it
     * gets status 503.
     */
    private static HttpFailure failure(Throwable e) {
        return e instanceof OutOfMemoryError
                ? HttpFailure.server(503, "out_of_memory", "The server lacks memory for this request.", null)
                : HttpFailure.server(500, "internal_error", "A fault of the server; its log says more.", null);
    }
}
