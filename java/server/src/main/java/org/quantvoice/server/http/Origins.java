package org.quantvoice.server.http;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which pages may use the server. Browsers let any page open a WebSocket to any host or post a form to it, and
 * only say which page it was; without this check a page on the web could use a server on its visitor's machine. The
 * server's own names are listed and not taken from the Host header, which an attacker can choose by DNS. Programs that
 * are no browsers send no origin and may connect.
 */
public final class Origins {
    private static final Logger LOG = LoggerFactory.getLogger(Origins.class);

    private final String scheme;
    private final String host;
    private final List<String> further;
    private volatile Set<String> allowed = Set.of();

    /** @param further origins of other pages, e.g. {@code https://captions.example} */
    public Origins(boolean secure, String host, List<String> further) {
        scheme = secure ? "https" : "http";
        this.host = host;
        this.further = List.copyOf(further);
    }

    /** Sets the port, which is known only when the server listens. */
    public void listensAt(int port) {
        Set<String> own = new LinkedHashSet<>();
        int implied = scheme.equals("https") ? 443 : 80;
        for (String name : List.of("localhost", "127.0.0.1", "[::1]", host)) {
            own.add(scheme + "://" + inUrl(name.toLowerCase(Locale.ROOT)) + (port == implied ? "" : ":" + port));
        }
        further.forEach(origin -> own.add(origin.toLowerCase(Locale.ROOT)));
        allowed = own;
    }

    /** Returns a host as it is written in a URL: IPv6 addresses are in brackets. */
    public static String inUrl(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    boolean allows(@Nullable String origin) {
        return origin == null || allowed.contains(origin.toLowerCase(Locale.ROOT));
    }

    /**
     * Refuses pages of other origins, and tells browsers which origin is allowed.
     *
     * @throws HttpFailure with status 403
     */
    public void check(Request request, Response response) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null) {
            return;
        }
        if (!allows(origin)) {
            LOG.warn("a page of {} refused; allowed are {}; --allow-origin {} allows it", origin, this, origin);
            throw HttpFailure.refused(
                    403,
                    "origin_not_allowed",
                    "Pages of " + origin + " may not use this server; start it with --allow-origin " + origin + ".");
        }
        response.getHeaders().put("Access-Control-Allow-Origin", origin);
        response.getHeaders().put("Access-Control-Allow-Headers", "Authorization, Content-Type");
        response.getHeaders().put("Access-Control-Allow-Methods", "GET, POST");
        response.getHeaders().put(HttpHeader.VARY, "Origin");
    }

    @Override
    public String toString() {
        return String.join(", ", allowed);
    }
}
