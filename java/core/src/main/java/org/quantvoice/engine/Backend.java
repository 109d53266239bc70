package org.quantvoice.engine;

/**
 * The quantized backends of libtorch, by PyTorch's names; they differ in kernels and in the ranges of activations.
 */
public enum Backend {
    FBGEMM,
    QNNPACK,
    X86,
    ONEDNN
}
