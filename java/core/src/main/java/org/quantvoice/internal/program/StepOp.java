package org.quantvoice.internal.program;

/** The executor's operators; the numbers are those of {@code Op} in native/src/exec/step.h. */
public enum StepOp {
    GEMM(1, true),
    NORM_ROWS(2, true),
    QUANTIZE_ROWS(3, true),
    UNARY(4, true),
    SOFTMAX_ROWS(5, true),
    ATTENTION(6, false),
    QUANTIZE_TENSOR(7, false),
    COPY(8, false),
    BINARY(9, false),
    REDUCE_ROWS(10, true),
    GATHER(11, true),
    MATMUL(12, false),
    SELECT(13, false),
    RNN(14, false),
    DEPTHWISE(15, true),
    IM2COL(16, false);

    final int code;
    final boolean rowLocal;

    StepOp(int code, boolean rowLocal) {
        this.code = code;
        this.rowLocal = rowLocal;
    }
}
