package org.quantvoice.source;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.graph.Graph;

/** What tests want of a model file: one thing, read by one importer. */
public final class Imports {
    private Imports() {}

    /** The graph of {@code forward}, which the caller closes. */
    public static Graph graph(ModelImporter importer, Path file) {
        try (ImportedModel model = importer.open(file, Optional.empty())) {
            return model.graph();
        }
    }

    public static Optional<String> tokens(ModelImporter importer, Path file) {
        try (ImportedModel model = importer.open(file, Optional.empty())) {
            return model.tokens();
        }
    }
}
