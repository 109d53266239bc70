package org.quantvoice.internal.program;

/** The executor's operators with the fields of their steps, as native/src/exec/steps.def defines them for C++ too. */
public enum StepOp {
    GEMM,
    NORM_ROWS,
    QUANTIZE_ROWS,
    UNARY,
    SOFTMAX_ROWS,
    ATTENTION,
    QUANTIZE_TENSOR,
    COPY,
    BINARY,
    REDUCE_ROWS,
    GATHER,
    MATMUL,
    SELECT,
    RNN,
    DEPTHWISE,
    IM2COL,
    GLU,
    PACK;

    final int code;
    final boolean rowLocal;
    final StepLayout layout;

    StepOp() {
        StepLayout known = StepLayout.ALL.get(name());
        if (known == null) {
            throw new IllegalStateException(
                    "steps.def has no operator " + name() + "; it has " + StepLayout.ALL.keySet());
        }
        layout = known;
        code = layout.code();
        rowLocal = layout.rowLocal();
    }

    // The enums below are numbers that fields hold: the number of a constant is its place in the list.
    // StepContractTest compares them with step.h.

    /** Types of a tensor's elements. */
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

    /** Numbers to which a row is reduced. */
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
        GRU,
        PLAIN_TANH,
        PLAIN_RELU
    }
}
