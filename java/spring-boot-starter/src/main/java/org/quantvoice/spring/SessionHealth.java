package org.quantvoice.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.ModelInfo;

/** The health of a session, without types of a version of Spring Boot. */
record SessionHealth(QuantSession session) {

    /** Returns the facts about the running model, or empty if the session was closed. */
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
