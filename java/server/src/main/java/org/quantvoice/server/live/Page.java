package org.quantvoice.server.live;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.quantvoice.server.http.Endpoint;
import org.quantvoice.server.http.Route;

/** Serves the files of the page, which are resources of this package, and no other files. */
public final class Page implements Endpoint {
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "captions.js", "text/javascript; charset=utf-8",
            "microphone.js", "text/javascript; charset=utf-8",
            "captions.css", "text/css; charset=utf-8");
    private static final String POLICY =
            "default-src 'self'; connect-src 'self' ws: wss: blob:; frame-ancestors 'none'";

    private final String name;

    private Page(String name) {
        this.name = name;
    }

    /**
     * Returns the routes of the page. They are open to everybody, since the page can do nothing without the other
     * routes.
     */
    public static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(new Route("GET", "/", true, new Page("index.html")));
        TYPES.keySet().forEach(file -> routes.add(new Route("GET", "/" + file, true, new Page(file))));
        return routes;
    }

    @Override
    public void answer(Request request, Response response) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, String.valueOf(TYPES.get(name)));
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        response.getHeaders().put("Content-Security-Policy", POLICY);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        Content.Sink.write(response, true, ByteBuffer.wrap(resource(name)));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the jar");
            }
            return in.readAllBytes();
        }
    }
}
