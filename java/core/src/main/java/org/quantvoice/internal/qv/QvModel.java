package org.quantvoice.internal.qv;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Int8Tensor;

/**
 * The content of a {@code .qv} file. The model owns its graph's constants.
 *
 * @param graph its nodes say in which numbers they compute; weights that are stored as int8 are {@link Int8Tensor}s
 * @param tokens the vocabulary file (tokens.json) as text, if the model has one
 * @param provenance facts about the model's origin, e.g. source, sourceSha256, recipe, calibration, sdk
 */
public record QvModel(Graph graph, Optional<String> tokens, Map<String, String> provenance) implements AutoCloseable {

    public QvModel {
        provenance = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    }

    /** Returns this model with one more fact in its provenance. */
    public QvModel withFact(String name, String value) {
        Map<String, String> facts = new LinkedHashMap<>(provenance);
        facts.put(name, value);
        return new QvModel(graph, tokens, facts);
    }

    @Override
    public void close() {
        graph.close();
    }
}
