package org.quantvoice.internal.program;

/**
 * Numbers that steps hold, as native/src/exec/step.h declares them: the number of a constant is its place in the list.
 * StepContractTest compares the two.
 */
final class StepCodes {
    private StepCodes() {}

    /** What a tensor's elements are. */
    enum Type {
        F32,
        U8,
        /** Bytes with a scale and a zero point for each row. */
        U8_ROWS
    }

    /** Functions of two elements; comparisons give 1 or 0. */
    enum Binary {
        ADD,
        SUB,
        MUL,
        DIV,
        MAX,
        MIN,
        POW,
        LESS,
        LESS_EQUAL,
        EQUAL,
        NOT_EQUAL,
        GREATER,
        GREATER_EQUAL,
        AND,
        OR,
        FLOOR_DIV,
        REMAINDER
    }

    /** What a row is reduced to. */
    enum Reduce {
        SUM,
        MEAN,
        VARIANCE,
        MAXIMUM,
        MINIMUM
    }

    /** Recurrent cells. */
    enum Rnn {
        LSTM,
        GRU
    }
}
