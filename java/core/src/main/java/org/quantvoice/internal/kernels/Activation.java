package org.quantvoice.internal.kernels;

/** What an epilogue applies to a product after its bias; in the order of {@code qv_activation}. */
public enum Activation {
    NONE,
    RELU,
    /** The exact form, x Phi(x). */
    GELU,
    LEAKY_RELU,
    SILU
}
