package org.quantvoice.server;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Where a {@link CaptionServer} listens, and its limits.
 *
 * @param host the address to bind to
 * @param port 0: any free one
 * @param maxClients streams at a time, 1 or more
 * @param maxMessageBytes of one message, 1024 or more
 * @param idle after this long without a message a client is dropped
 * @param allowedOrigins origins of pages that may connect, besides the server's own, e.g. {@code https://captions.example}
 */
public record ServeOptions(
        String host, int port, int maxClients, int maxMessageBytes, Duration idle, List<String> allowedOrigins) {

    public ServeOptions {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(idle, "idle");
        allowedOrigins = List.copyOf(allowedOrigins);
        require(port >= 0 && port <= 65_535, "port " + port, "0 to 65535");
        require(maxClients >= 1, maxClients + " clients", "1 or more");
        require(maxMessageBytes >= 1024, "messages of " + maxMessageBytes + " bytes", "1024 or more");
        require(!idle.isNegative() && !idle.isZero(), "an idle time of " + idle, "more than 0 s");
    }

    private static void require(boolean holds, String got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("got " + got + "; expected " + expected);
        }
    }

    static ServeOptions loopback(int port) {
        return new ServeOptions("127.0.0.1", port, 8, 1 << 16, Duration.ofSeconds(60), List.of());
    }
}
