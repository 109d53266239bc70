package org.quantvoice.internal.program;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A step whose buffers have no place yet. Its fields are set by the names of {@link StepOp}, in any order. */
public final class Draft {

    /** The value of a field that is a place: a byte offset in a buffer. */
    record Place(Buffer buffer, long bytes) {}

    /** The executor's mark for "no place". */
    static final long NONE = Long.MIN_VALUE;

    final StepOp op;
    /** The operator and module path in the model that the step works for, shown by {@code qv inspect --plan}. */
    final String label;

    final Set<Buffer> reads = new LinkedHashSet<>();
    final Set<Buffer> writes = new LinkedHashSet<>();
    /** Buffers of which the step reads only the row that it writes, so that a row group may hold them. */
    final Set<Buffer> rowReads = new LinkedHashSet<>();

    /** Rows of a row-local step. */
    long rows;

    /** True if the step widens weights of less than 8 bits for each block of rows. */
    boolean unpacks;

    int group = -1;
    long blockRows;
    /** Integer operations, or bytes moved, from which listings compute the percent of peak; 0 if not counted. */
    long operations;

    /** A Long, a LongSupplier or a Place for each word; null where nothing was set. */
    private final @Nullable Object[] values;

    Draft(StepOp op, String label) {
        this.op = op;
        this.label = label;
        this.values = new Object[op.layout.words()];
    }

    Draft rows(long count) {
        rows = count;
        return number("rows", count);
    }

    Draft number(String field, long value) {
        return set(field, StepLayout.Kind.INT, value);
    }

    Draft number(String field, Enum<?> code) {
        return number(field, code.ordinal());
    }

    /** Sets a number that is known only once the whole program is planned. */
    Draft later(String field, LongSupplier value) {
        return set(field, StepLayout.Kind.INT, value);
    }

    Draft real(String field, double value) {
        return set(field, StepLayout.Kind.REAL, Double.doubleToRawLongBits(value));
    }

    /** Sets all words of an array. */
    Draft numbers(String field, long... array) {
        StepLayout.Field into = op.layout.field(field);
        if (array.length != into.words()) {
            throw new IllegalArgumentException(
                    "got " + array.length + " words for " + op + "." + field + "; expected " + into.words());
        }
        for (int i = 0; i < array.length; i++) {
            values[into.at() + i] = array[i];
        }
        return this;
    }

    Draft none(String... places) {
        for (String place : places) {
            set(place, StepLayout.Kind.PLACE, NONE);
        }
        return this;
    }

    /** Sets a place that the step reads as a whole or in other rows than its own. */
    Draft reads(String field, Buffer buffer, long element) {
        reads.add(buffer);
        return set(field, StepLayout.Kind.PLACE, new Place(buffer, element * buffer.elementBytes));
    }

    /** Sets a place of which the step reads row r for row r of its result. */
    Draft readsRow(String field, Buffer buffer, long element) {
        rowReads.add(buffer);
        return reads(field, buffer, element);
    }

    Draft writes(String field, Buffer buffer, long element) {
        writes.add(buffer);
        return set(field, StepLayout.Kind.PLACE, new Place(buffer, element * buffer.elementBytes));
    }

    /**
     * Sets the place of rows that the step writes, and their stride in the field of the same name with {@code _ld}
     * behind it.
     */
    Draft writesRows(String field, Strided.Rows to) {
        return writes(field, to.buffer(), to.offset()).number(field + "_ld", to.stride());
    }

    /** Sets the fields that describe a product's or norm's rows {@code a} or {@code out} as floats. */
    Draft floats(String field) {
        return number(field + "_type", StepOp.Type.F32)
                .real(field + "_scale", 1)
                .number(field + "_zero", 0);
    }

    private Draft set(String field, StepLayout.Kind kind, Object value) {
        StepLayout.Field into = op.layout.field(field);
        if (into.kind() != kind || into.words() != 1) {
            throw new IllegalArgumentException("got one " + kind + " for " + op + "." + field + "; expected " + into);
        }
        values[into.at()] = value;
        return this;
    }

    /** Returns the value of a field: a Long, a LongSupplier or a {@link Place}; for an array its first word. */
    Object get(String field) {
        Object value = values[op.layout.field(field).at()];
        if (value == null) {
            throw new IllegalStateException(op + "." + field + " of " + label + " was not set");
        }
        return value;
    }

    /** Returns the number that a field was set to. */
    long number(String field) {
        return (Long) get(field);
    }

    /** Returns the numbers of an array. */
    long[] numbers(String field) {
        StepLayout.Field from = op.layout.field(field);
        return Arrays.stream(values, from.at(), from.at() + from.words())
                .mapToLong(value -> (Long) value)
                .toArray();
    }

    /** Takes the value of the field of the same name of another step. */
    void take(Draft other, String field) {
        values[op.layout.field(field).at()] = other.get(field);
    }

    /** Returns a step with the same fields, each passed through a function, and no buffers yet. */
    Draft mapped(UnaryOperator<Object> change) {
        Draft made = new Draft(op, label);
        for (StepLayout.Field field : op.layout.fields()) {
            get(field.name());
        }
        Arrays.setAll(made.values, i -> change.apply(values[i]));
        return made;
    }

    /** Sets the first word of a field, which for an array is that of its first axis. */
    void first(String field, long value) {
        values[op.layout.field(field).at()] = value;
    }

    /** Replaces a buffer by another one, and moves the places in it {@code back} bytes to the front. */
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
        Arrays.setAll(
                values,
                i -> values[i] instanceof Place p && p.buffer == from ? new Place(to, p.bytes - back) : values[i]);
    }

    /**
     * Returns the numbers that a product multiplies: 0 int8, 1 bfloat16, 2 float. A CPU without bfloat16 multiplies
     * floats instead.
     */
    int numbers() {
        return switch (op) {
            case GEMM -> (int) number("weights_kind");
            case ATTENTION -> AttentionNumbers.listed(number("exact"), number("rows"));
            default -> 2;
        };
    }

    /** Returns the step's words behind its header; all buffers must have their places. */
    long[] words() {
        for (StepLayout.Field field : op.layout.fields()) {
            get(field.name());
        }
        return Arrays.stream(values).mapToLong(Draft::word).toArray();
    }

    private static long word(Object value) {
        if (value instanceof Place place) {
            long base = place.buffer().place;
            return base >= 0 ? base + place.bytes() : ~(~base + place.bytes());
        }
        return value instanceof LongSupplier later ? later.getAsLong() : (Long) value;
    }
}
