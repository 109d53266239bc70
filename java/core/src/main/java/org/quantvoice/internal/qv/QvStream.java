package org.quantvoice.internal.qv;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Graph;

/**
 * The content of a {@code .qv} file of a streaming model: several graphs. The model owns their constants.
 *
 * @param graphs by name
 * @param constants constants of the model, such as its subsampling rate
 * @param tokens the vocabulary file (tokens.json) as text, if the model has one
 * @param provenance facts about the model's origin
 */
public record QvStream(
        Map<String, Graph> graphs, Map<String, Long> constants, Optional<String> tokens, Map<String, String> provenance)
        implements AutoCloseable {

    public QvStream {
        graphs = Collections.unmodifiableMap(new LinkedHashMap<>(graphs));
        constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
        provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    }

    @Override
    public void close() {
        graphs.values().forEach(Graph::close);
    }
}
