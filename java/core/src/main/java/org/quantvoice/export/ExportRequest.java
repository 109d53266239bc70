package org.quantvoice.export;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is to be written.
 *
 * @param parts the graphs, at least one
 * @param precision the numbers
 * @param metadata facts that go into each file: token list, sample rate, provenance
 */
public record ExportRequest(List<ModelPart> parts, ExportPrecision precision, Map<String, String> metadata) {

    public ExportRequest {
        parts = List.copyOf(parts);
        Objects.requireNonNull(precision, "precision");
        metadata = Map.copyOf(metadata);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("got no parts; expected at least one");
        }
    }
}
