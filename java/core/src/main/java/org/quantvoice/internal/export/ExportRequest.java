package org.quantvoice.internal.export;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.quantvoice.export.ExportPrecision;

/**
 * A request to write a model.
 *
 * @param parts the graphs, at least one
 * @param precision the numbers
 * @param metadata facts that are written into each file: token list, sample rate, provenance
 * @param firstCache of a streaming model
 */
public record ExportRequest(
        List<ModelPart> parts, ExportPrecision precision, Map<String, String> metadata, FirstCache firstCache) {

    /** Makes a request with an empty first cache. */
    public ExportRequest(List<ModelPart> parts, ExportPrecision precision, Map<String, String> metadata) {
        this(parts, precision, metadata, FirstCache.EMPTY);
    }

    public ExportRequest {
        parts = List.copyOf(parts);
        Objects.requireNonNull(precision, "precision");
        metadata = Map.copyOf(metadata);
        Objects.requireNonNull(firstCache, "firstCache");
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("got no parts; expected at least one");
        }
    }
}
