package org.quantvoice.internal.kernels;

import java.util.ArrayList;
import java.util.List;

/** Writes words of steps for tests. */
public final class StepWords {
    static final long NONE = Long.MIN_VALUE;
    static final long GEMM = 1;
    static final long QUANTIZE_ROWS = 3;
    static final long UNARY = 4;
    static final long GATHER = 11;

    private final List<Long> words = new ArrayList<>();

    /** Fields are longs, or doubles where the step has them. */
    StepWords add(long op, long group, long blockRows, Number... fields) {
        words.addAll(List.of(op, group, blockRows, (long) fields.length));
        for (Number field : fields) {
            words.add(field instanceof Double d ? Double.doubleToRawLongBits(d) : field.longValue());
        }
        return this;
    }

    /** A product of [rows, k] at a place with [n, k], to floats at another place. */
    StepWords gemm(Gemm g) {
        return add(
                GEMM, g.group, g.block, g.rows, g.k, g.n, g.in, g.k, g.inType, 1.0, 0, g.scales, g.zeros, g.weights,
                g.kind, 0, 0.0, NONE, 0, g.out, g.n, 0, 1.0, 0);
    }

    record Gemm(
            long group,
            long block,
            int rows,
            int k,
            int n,
            long in,
            int inType,
            long scales,
            long zeros,
            long weights,
            long kind,
            long out) {}

    long[] words() {
        return words.stream().mapToLong(Long::longValue).toArray();
    }
}
