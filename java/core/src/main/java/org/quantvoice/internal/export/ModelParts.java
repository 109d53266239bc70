package org.quantvoice.internal.export;

import java.util.List;
import java.util.Map;

/** A loaded model whose graphs can be read; they must not be used after the model is closed. */
public interface ModelParts {

    /** Returns the parts, at least one. */
    List<ModelPart> parts();

    /** Returns facts about the model's origin, e.g. {@code source} and {@code sourceSha256}. */
    Map<String, String> provenance();
}
