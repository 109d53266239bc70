package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Writes words of steps for tests of the executor, whose places are numbers. */
public final class StepWords {
    public static final long NONE = Draft.NONE;

    private final List<Long> words = new ArrayList<>();

    /**
     * Adds a step.
     *
     * @param fields the name and the value of each field in turn; a value is a long, or a double where the
     *     step has one
     */
    public StepWords add(StepOp op, long group, long blockRows, Object... fields) {
        long[] values = new long[op.layout.words()];
        BitSet set = new BitSet();
        for (int i = 0; i < fields.length; i += 2) {
            StepLayout.Field field = op.layout.field((String) fields[i]);
            if ((field.kind() == StepLayout.Kind.REAL) != fields[i + 1] instanceof Double) {
                throw new IllegalArgumentException("got " + fields[i + 1] + " for " + op + "." + field);
            }
            values[field.at()] = fields[i + 1] instanceof Double real
                    ? Double.doubleToRawLongBits(real)
                    : ((Number) fields[i + 1]).longValue();
            set.set(field.at());
        }
        if (set.cardinality() != values.length) {
            throw new IllegalArgumentException(op + ": field " + set.nextClearBit(0) + " was not set");
        }
        words.addAll(List.of((long) op.code, group, blockRows, (long) values.length));
        for (long value : values) {
            words.add(value);
        }
        return this;
    }

    /** A product of [rows, k] at a place with [n, k], to floats at another place. */
    public StepWords gemm(Gemm g) {
        Object[] input = {"a", g.in, "a_ld", g.k, "a_type", g.inType, "a_scale", 1.0, "a_zero", 0};
        Object[] scales = {"a_scales", g.scales, "a_zeros", g.zeros, "weights", g.weights, "weights_kind", g.kind};
        Object[] rest = {"rows", g.rows, "k", g.k, "n", g.n, "act", 0, "act_alpha", 0.0, "mul", 1.0};
        Object[] out = {
            "residual",
            NONE,
            "residual_ld",
            0,
            "out",
            g.out,
            "out_ld",
            g.n,
            "out_type",
            0,
            "out_scale",
            1.0,
            "out_zero",
            0
        };
        List<Object> fields = new ArrayList<>();
        for (Object[] part : new Object[][] {input, scales, rest, out}) {
            fields.addAll(List.of(part));
        }
        return add(StepOp.GEMM, g.group, g.block, fields.toArray());
    }

    /** What {@link #gemm} writes. */
    public record Gemm(
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

    /** Floats through a function: {@code out = act(in * mul + add)} on dense rows. */
    public StepWords unary(
            long group, long block, int rows, int n, long in, double mul, double add, String act, long out) {
        long code = Activation.Act.valueOf(act).ordinal();
        return add(
                StepOp.UNARY,
                group,
                block,
                "rows",
                rows,
                "n",
                n,
                "in",
                in,
                "in_ld",
                n,
                "mul",
                mul,
                "add",
                add,
                "act",
                code,
                "act_alpha",
                0.0,
                "out",
                out,
                "out_ld",
                n);
    }

    /** Dense rows of floats as bytes with a scale and a zero point for each row. */
    public StepWords quantizeRows(long block, int rows, int n, long in, long out, long scales, long zeros) {
        long type = StepOp.Type.U8_ROWS.ordinal();
        return add(
                StepOp.QUANTIZE_ROWS,
                0,
                block,
                "rows",
                rows,
                "n",
                n,
                "in",
                in,
                "in_ld",
                n,
                "act",
                0,
                "out",
                out,
                "out_ld",
                n,
                "out_type",
                type,
                "out_scale",
                1.0,
                "out_zero",
                0,
                "out_scales",
                scales,
                "out_zeros",
                zeros);
    }

    public long[] words() {
        return words.stream().mapToLong(Long::longValue).toArray();
    }
}
