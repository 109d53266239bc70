package org.quantvoice.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Decides who may use the server. Keys are kept as digests. A request's key is compared with all of them, each in
 * constant time, so that the time of an answer tells nothing about a key. Immutable.
 */
public final class ApiKeys {
    /**
     * The prefix of the WebSocket subprotocol with which a page sends its key, as OpenAI's clients do, since a page
     * cannot set headers of a WebSocket.
     */
    public static final String SUBPROTOCOL = "openai-insecure-api-key.";

    private static final String SCHEME = "Bearer ";

    private final List<byte[]> digests;

    /** @param keys the accepted keys; with none everybody may use the server */
    public ApiKeys(Collection<String> keys) {
        keys.forEach(ApiKeys::requireKey);
        digests = keys.stream().map(ApiKeys::digest).toList();
    }

    private static void requireKey(String key) {
        if (key.isBlank() || key.length() > 512 || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "got a key that is empty, too long or not of printable ASCII; expected 1 to 512 such characters");
        }
    }

    public boolean areSet() {
        return !digests.isEmpty();
    }

    /**
     * Refuses a request without a key.
     *
     * @param subprotocols the subprotocols of a WebSocket; none for other requests
     */
    public void check(Request request, List<String> subprotocols) {
        if (!areSet()) {
            return;
        }
        String key = presented(request, subprotocols)
                .orElseThrow(() -> HttpFailure.unauthorized(
                        "No API key was given; expected the header 'Authorization: Bearer KEY'."));
        if (!knows(key)) {
            throw HttpFailure.unauthorized("The API key is not one of this server's; check it.");
        }
    }

    private static Optional<String> presented(Request request, List<String> subprotocols) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.of(header.substring(SCHEME.length()).trim());
        }
        return subprotocols.stream()
                .filter(p -> p.startsWith(SUBPROTOCOL))
                .map(p -> p.substring(SUBPROTOCOL.length()))
                .findFirst();
    }

    /**
     * Returns the client that a request counts for: the beginning of its key's digest, which may be logged, or else its
     * address.
     */
    public String client(Request request, List<String> subprotocols) {
        return presented(request, subprotocols)
                .filter(key -> areSet())
                .map(key -> "key " + HexFormat.of().formatHex(digest(key), 0, 4))
                .orElseGet(() -> Request.getRemoteAddr(request));
    }

    boolean knows(String key) {
        byte[] digest = digest(key);
        boolean known = false;
        for (byte[] one : digests) {
            known |= MessageDigest.isEqual(one, digest);
        }
        return known;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) { // every Java platform has SHA-256
            throw new IllegalStateException(e);
        }
    }
}
