package org.quantvoice.engine;

/** What runs the acoustic model. */
public enum Engine {
    /** Own fused kernels on a {@code .qv} plan; needs no libtorch. */
    NATIVE,
    /** libtorch on a TorchScript model; the reference, and the fallback for graphs that the native engine does not know. */
    LIBTORCH
}
