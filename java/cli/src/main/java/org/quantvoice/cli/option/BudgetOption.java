package org.quantvoice.cli.option;

import org.jspecify.annotations.Nullable;
import org.quantvoice.quant.AverageBits;
import org.quantvoice.quant.Budget;
import org.quantvoice.quant.DataSize;
import picocli.CommandLine.Option;

/** One of the two ways to say how large a model may be. */
public final class BudgetOption {
    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            order = 2,
            description = "For instance 75MB, 700KiB, or a number of bytes.")
    private @Nullable String size;

    @Option(
            names = "--average-bits",
            paramLabel = "N",
            order = 2,
            description = "Bits of a weight on average over the layers, for instance 5.")
    private @Nullable Double bits;

    public Budget budget() {
        if (size != null) {
            return DataSize.parse(size);
        }
        return new AverageBits(bits == null ? Double.NaN : bits); // picocli lets none through without one of them
    }
}
