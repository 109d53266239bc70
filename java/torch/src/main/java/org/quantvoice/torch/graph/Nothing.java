package org.quantvoice.torch.graph;

/** Python's None. */
enum Nothing {
    NONE
}
