package org.quantvoice.source;

import java.nio.file.Path;
import java.util.List;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.engine.QuantizingEngine;

/** An engine that takes a model which is open already, so that its file is read once however much is asked of it. */
public interface ImportingEngine extends QuantizingEngine {

    /**
     * Does what {@link #open(ModelRequest)} does.
     *
     * @param opened the model of the request, which the caller closes
     */
    AcousticModel open(ModelRequest request, OpenModel opened);

    /** Does what {@link #modules(Path)} does. */
    List<ModuleInfo> modules(OpenModel opened);

    @Override
    default AcousticModel open(ModelRequest request) {
        try (OpenModel opened = OpenModel.of(request.model())) {
            return open(request, opened);
        }
    }

    @Override
    default List<ModuleInfo> modules(Path model) {
        try (OpenModel opened = OpenModel.of(model)) {
            return modules(opened);
        }
    }
}
