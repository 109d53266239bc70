package org.quantvoice.internal.exec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;

/** Requests that keep packed weights. */
final class KeptRequests {
    private KeptRequests() {}

    static ModelRequest of(Path model, boolean keepPacked, Optional<QuantRecipe> recipe) {
        return new ModelRequest(
                model,
                recipe,
                List.of(),
                Optional.empty(),
                2,
                Progress.none(),
                Optional.empty(),
                Optional.empty(),
                true,
                keepPacked,
                Optional.empty());
    }
}
