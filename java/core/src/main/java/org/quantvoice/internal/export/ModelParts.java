package org.quantvoice.internal.export;

import java.util.List;
import java.util.Map;

/** A loaded model whose graphs can be looked at; they must not be used after the model is closed. */
public interface ModelParts {

    /** At least one. */
    List<ModelPart> parts();

    /** Where the model comes from, e.g. {@code source} and {@code sourceSha256}. */
    Map<String, String> provenance();
}
