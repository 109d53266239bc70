package org.quantvoice.server;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may connect. Browsers let any page open a WebSocket to any host and only say which page it was; without this
 * check a page on the web could use a server on its visitor's machine. The server's own names are spelt out, because the
 * Host header follows an attacker's DNS. Programs that are no browsers send no origin and may connect.
 */
final class OriginCheck {
    private final Set<String> allowed = new LinkedHashSet<>();

    OriginCheck(String host, int port, List<String> further) {
        for (String name : List.of("localhost", "127.0.0.1", "[::1]", host)) {
            allowed.add("http://" + inUrl(name.toLowerCase(Locale.ROOT)) + (port == 80 ? "" : ":" + port));
        }
        further.forEach(origin -> allowed.add(origin.toLowerCase(Locale.ROOT)));
    }

    /** A host as it stands in a URL: IPv6 addresses in brackets. */
    static String inUrl(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    boolean allows(@Nullable String origin) {
        return origin == null || allowed.contains(origin.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return String.join(", ", allowed);
    }
}
