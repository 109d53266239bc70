package org.quantvoice.internal.engine;

import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.engine.spi.EngineRequest;

/** An engine of QuantVoice: it quantizes while it loads, and knows the options of sessions. */
public interface QuantizingEngine extends EngineProvider {

    /**
     * Loads a model, quantizes it if the request has a recipe, and makes it ready to run.
     *
     * @throws org.quantvoice.error.QuantVoiceException if the file, the recipe or the platform does not support it
     */
    AcousticModel open(ModelRequest request);

    @Override
    default AcousticModel open(EngineRequest request) {
        return open(request instanceof ModelRequest whole ? whole : ModelRequest.asItIs(request));
    }
}
