package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A step whose buffers have no place yet. Fields are added in the order of the step's struct in native/src/exec/step.h.
 */
public final class Draft {

    /** A field that is a place: a byte offset in a buffer. */
    record Place(Buffer buffer, long bytes) {}

    /** The executor's mark for "no place". */
    static final long NONE = Long.MIN_VALUE;

    /** Indexes of fields in the steps' structs. */
    private static final int WEIGHTS_KIND = 11;

    private static final int EXACT = 18;
    private static final int ATTENTION_ROWS = 1;

    final StepOp op;
    /** What it works for, shown by {@code qv inspect --plan}. */
    final String label;

    final List<Object> fields = new ArrayList<>();
    final Set<Buffer> reads = new LinkedHashSet<>();
    final Set<Buffer> writes = new LinkedHashSet<>();
    /** Buffers that it reads in the row that it writes, so that a row group may hold them. */
    final Set<Buffer> rowReads = new LinkedHashSet<>();

    /** For row-local steps. */
    long rows;

    /** Whether it widens weights of less than 8 bits for each block of rows. */
    boolean unpacks;

    int group = -1;
    long blockRows;
    /** Integer operations or bytes of work, for percent of peak in listings; 0 if not counted. */
    long operations;

    Draft(StepOp op, String label) {
        this.op = op;
        this.label = label;
    }

    Draft rows(long count) {
        rows = count;
        return number(count);
    }

    Draft number(long value) {
        fields.add(value);
        return this;
    }

    /** A number that is known only once the whole program is planned. */
    Draft later(LongSupplier value) {
        fields.add(value);
        return this;
    }

    Draft real(double value) {
        fields.add(Double.doubleToRawLongBits(value));
        return this;
    }

    Draft numbers(long... values) {
        for (long value : values) {
            number(value);
        }
        return this;
    }

    Draft none() {
        return number(NONE);
    }

    /** A place read as a whole or in other rows than the step's own. */
    Draft reads(Buffer buffer, long element) {
        reads.add(buffer);
        fields.add(new Place(buffer, element * buffer.elementBytes));
        return this;
    }

    /** A place of which row r is read for row r of the result. */
    Draft readsRow(Buffer buffer, long element) {
        rowReads.add(buffer);
        return reads(buffer, element);
    }

    Draft writes(Buffer buffer, long element) {
        writes.add(buffer);
        fields.add(new Place(buffer, element * buffer.elementBytes));
        return this;
    }

    /** Puts another buffer, and places so many bytes further to the front, in the place of a buffer. */
    void replace(Buffer from, Buffer to, long back, boolean byRow) {
        if (reads.remove(from)) {
            reads.add(to);
            rowReads.remove(from);
            if (byRow) {
                rowReads.add(to);
            }
        }
        if (writes.remove(from)) {
            writes.add(to);
        }
        fields.replaceAll(f -> f instanceof Place p && p.buffer == from ? new Place(to, p.bytes - back) : f);
    }

    /** What a product multiplies: 0 int8, 1 bfloat16, 2 float. Where the CPU lacks bfloat16, floats do its work. */
    int numbers() {
        return switch (op) {
            case GEMM -> (int) (long) (Long) fields.get(WEIGHTS_KIND);
            case ATTENTION -> AttentionNumbers.listed((Long) fields.get(EXACT), (Long) fields.get(ATTENTION_ROWS));
            default -> 2;
        };
    }

    /** Puts another buffer in the place of one that this step writes. */
    void rewrite(Buffer from, Buffer to) {
        writes.remove(from);
        writes.add(to);
        fields.replaceAll(f -> f instanceof Place p && p.buffer == from
                ? new Place(to, p.bytes / from.elementBytes * to.elementBytes)
                : f);
    }
}
