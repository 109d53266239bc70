package org.quantvoice.internal.exec;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Data of the request that opened a streaming model, which the model keeps. */
public record StreamSource(
        Optional<String> tokens, Supplier<Map<String, String>> provenance, int threads, Optional<KeptWeights> kept) {

    /** Returns the kept weights of a graph. */
    KeptWeights.Part part(String graph) {
        return kept.map(all -> all.part(graph)).orElse(KeptWeights.Part.NONE);
    }
}
