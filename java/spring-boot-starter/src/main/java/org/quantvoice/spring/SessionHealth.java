package org.quantvoice.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.ModelInfo;

/** What a session says of its health, whatever the version of Spring Boot calls it. */
record SessionHealth(QuantSession session) {

    /** What runs the model and how; empty if the session was closed. */
    Optional<Map<String, Object>> details() {
        ModelInfo info;
        try {
            info = session.info();
        } catch (IllegalStateException closed) {
            return Optional.empty();
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("engine", info.engine().toString());
        details.put("kernels", info.isa());
        details.put("threads", info.threads());
        details.put("modelBytes", info.modelBytes());
        return Optional.of(details);
    }
}
