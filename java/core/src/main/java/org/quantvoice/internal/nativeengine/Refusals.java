package org.quantvoice.internal.nativeengine;

import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.engine.ModelRequest;

/** Refuses options that some kinds of models cannot have. */
final class Refusals {
    private Refusals() {}

    /**
     * Refuses options that only {@code .qv} files can have. Packed weights belong to one file, and a model that is
     * converted while it is opened has none. A model with local attention does not compute the same as its source.
     *
     * @param qv whether the request's file is a {@code .qv} file
     */
    static void requireQvWhereAsked(ModelRequest request, boolean qv) {
        if (request.localAttention().isPresent() && !qv) {
            throw new ModelFormatException(
                    "localAttention for " + request.model()
                            + ", which is compared with its own runtime as it is imported",
                    "a .qv file",
                    "save the model first (qv quantize, qv import), then open the .qv file with localAttention (--local-attention)");
        }
        if (request.keepPacked() && (!qv || request.recipe().isPresent())) {
            throw new ModelFormatException(
                    "keepPacked for " + request.model()
                            + (request.recipe().isPresent()
                                    ? ", which is quantized as it is opened"
                                    : ", which is imported"),
                    "a .qv file that is opened as it is, beside which packed weights are kept",
                    "save the model first (qv quantize, qv import), then open the .qv file with keepPacked (--keep-packed)");
        }
    }

    static void refuseLocal(ModelRequest request) {
        if (request.localAttention().isPresent()) {
            throw new ModelFormatException(
                    "localAttention for " + request.model() + ", a streaming model",
                    "a model of whole utterances; what chunks of a stream see is a setting of the stream",
                    "set the left chunks (StreamSettings, --left)");
        }
    }
}
