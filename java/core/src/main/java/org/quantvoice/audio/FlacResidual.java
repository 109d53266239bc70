package org.quantvoice.audio;

/**
 * Reads the residual of a predicted subframe: partitions of Rice codes, or of plain numbers behind an escape code.
 */
final class FlacResidual {
    private FlacResidual() {}

    /** Writes residuals to {@code out[order, n)}. */
    static void read(BitReader in, int order, long[] out, int n) {
        int method = in.bits(2);
        if (method > 1) {
            throw in.damaged("the reserved residual coding " + method);
        }
        int parameterBits = 4 + method;
        int partitionOrder = in.bits(4);
        int partition = n >> partitionOrder;
        if (partition << partitionOrder != n || partition < order) {
            throw in.damaged("a block of " + n + " samples, of which " + order + " are given, in "
                    + (1 << partitionOrder) + " partitions");
        }
        int from = order;
        for (int to = partition; to <= n; to += partition) {
            readPartition(in, parameterBits, out, from, to);
            from = to;
        }
    }

    private static void readPartition(BitReader in, int parameterBits, long[] out, int from, int to) {
        int parameter = in.bits(parameterBits);
        if (parameter != (1 << parameterBits) - 1) {
            for (int i = from; i < to; i++) {
                out[i] = in.rice(parameter);
            }
            return;
        }
        int width = in.bits(5);
        for (int i = from; i < to; i++) {
            out[i] = width == 0 ? 0 : in.signed(width);
        }
    }
}
