package org.quantvoice.internal.export;

import java.nio.file.Path;

/** A loaded model that can be written for PyTorch's mobile interpreter. */
public interface MobileModel {

    /**
     * Writes the model with bytecode, atomically.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file at the path stays unchanged
     */
    void saveForMobile(Path target);
}
