package org.quantvoice.server.http;

import org.eclipse.jetty.server.Request;

/**
 * An endpoint with its method and path.
 *
 * @param method GET or POST
 * @param path from the root; one that ends in {@code *} stands for all paths that begin with the text before it
 * @param open whether it answers without a key, and to pages of any origin
 */
public record Route(String method, String path, boolean open, Endpoint endpoint) {

    public boolean isAt(String place) {
        return path.endsWith("*")
                ? place.startsWith(path.substring(0, path.length() - 1)) && place.length() >= path.length()
                : path.equals(place);
    }

    boolean takes(Request request) {
        return method.equals(request.getMethod())
                || method.equals("GET") && request.getMethod().equals("HEAD");
    }
}
