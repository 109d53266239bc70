package org.quantvoice.source;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.Services;

/** Opens models of one other format; found with {@link java.util.ServiceLoader}. Stateless and thread-safe. */
public interface ModelImporter {

    /** Returns whether a file or a folder is of this format, judged by its first bytes or the files in it. */
    boolean reads(Path model);

    /**
     * Opens a model. What is large is read when it is first asked for.
     *
     * @param frontEnd the front end that a caller names, for a file that names none
     * @throws org.quantvoice.error.ModelFormatException if the file is damaged
     * @throws UnsupportedOperatorException if a front end is named for a format that has it in its models
     */
    ImportedModel open(Path model, Optional<FrontEndChoice> frontEnd);

    /** The installed importer that reads a model; empty if none does, as of a {@code .qv} file. */
    static Optional<ModelImporter> of(Path model) {
        return Services.installed(ModelImporter.class).stream()
                .filter(importer -> importer.reads(model))
                .findFirst();
    }

    /** Refuses a front end that a caller names for a format whose models compute their own features. */
    static void refuse(Optional<FrontEndChoice> frontEnd) {
        if (frontEnd.isPresent()) {
            throw new UnsupportedOperatorException(
                    "the front end '" + frontEnd.get() + "' for a file that computes its own features",
                    "an ONNX file or a folder of Hugging Face's transformers",
                    "leave the front end out; export a TorchScript model that takes features to ONNX");
        }
    }
}
