package org.quantvoice.torch.values;

/** Python's None. */
public enum Nothing {
    NONE
}
