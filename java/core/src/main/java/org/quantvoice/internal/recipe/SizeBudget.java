package org.quantvoice.internal.recipe;

import org.quantvoice.quant.DataSize;

/** A budget in bytes for the {@code .qv} file and, separately, for the weights in memory. */
public record SizeBudget(DataSize size) implements Budget {

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
