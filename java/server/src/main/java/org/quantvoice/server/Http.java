package org.quantvoice.server;

import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/** Configures how requests are read, with TLS and without. */
final class Http {
    /** A model's name may have a slash, which clients encode in {@code GET /v1/models/NAME}. */
    private static final UriCompliance PATHS =
            UriCompliance.DEFAULT.with("encoded-slashes", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR);

    private Http() {}

    static HttpConnectionFactory connections() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setUriCompliance(PATHS);
        return new HttpConnectionFactory(configuration);
    }
}
