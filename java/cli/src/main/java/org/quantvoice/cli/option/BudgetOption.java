package org.quantvoice.cli.option;

import org.jspecify.annotations.Nullable;
import org.quantvoice.Quantization;
import org.quantvoice.quant.DataSize;
import picocli.CommandLine.Option;

/** The options that say how large a model may be, of which one is given. */
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

    /** Returns a builder of a quantization to the budget, to which the other options are added. */
    public Quantization.BudgetBuilder quantization() {
        if (size != null) {
            return Quantization.toBudget(DataSize.parse(size));
        }
        // picocli makes sure that one of them is given
        return Quantization.toAverageBits(bits == null ? Double.NaN : bits);
    }
}
