package org.quantvoice.internal.recipe;

import org.quantvoice.quant.DataSize;

/** Bytes for the {@code .qv} file and, apart from it, for the weights in memory. */
public record SizeBudget(DataSize size) implements Budget {

    /** A budget of so many bytes. */
    public SizeBudget(long bytes) {
        this(new DataSize(bytes));
    }

    public long bytes() {
        return size.bytes();
    }

    @Override
    public String toString() {
        return size.toString();
    }
}
