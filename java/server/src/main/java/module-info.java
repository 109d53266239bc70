/** Serves speech recognition over HTTP and WebSocket. */
module org.quantvoice.server {
    requires transitive micrometer.core;
    requires transitive org.quantvoice.core;
    requires micrometer.registry.prometheus;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.eclipse.jetty.websocket.api;
    requires org.eclipse.jetty.websocket.server;
    requires org.slf4j;
    requires static org.jspecify;

    exports org.quantvoice.server;
    exports org.quantvoice.server.models;
}
