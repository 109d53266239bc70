package org.quantvoice.internal.program;

/** The executor's operators with the fields of their steps: {@code Op} and the structs of native/src/exec/step.h. */
public enum StepOp {
    GEMM(
            1,
            true,
            "int rows k n, place a, int a_ld a_type, real a_scale, int a_zero, place a_scales a_zeros, int weights weights_kind,"
                    + "int act, real act_alpha, place residual, int residual_ld, place out, int out_ld out_type, real out_scale,"
                    + "int out_zero"),
    NORM_ROWS(
            2,
            true,
            "int rows n, place in, int in_ld gamma beta, real eps, int act, place out, int out_ld out_type, real out_scale,"
                    + "int out_zero, place out_scales out_zeros"),
    QUANTIZE_ROWS(
            3,
            true,
            "int rows n, place in, int in_ld act, place out, int out_ld out_type, real out_scale, int out_zero,"
                    + "place out_scales out_zeros"),
    UNARY(4, true, "int rows n, place in, int in_ld, real mul add, int act, real act_alpha, place out, int out_ld"),
    SOFTMAX_ROWS(5, true, "int rows n, place in, int in_ld log, place out, int out_ld"),
    ATTENTION(
            6,
            false,
            "int heads rows keys d, place q k v, int q_ld k_ld v_ld q_head k_head v_head, real scale, place mask out,"
                    + "int out_ld out_head exact mask_ld mask_head banded before after shift global"),
    QUANTIZE_TENSOR(
            7,
            false,
            "int rows groups channels pad_left pad_right, place in, int in_ld, place out out_scale out_zero, int fixed,"
                    + "real scale, int zero"),
    COPY(8, false, "int dim[6], view in out, int fill, real value"),
    BINARY(9, false, "int dim[6] op, real alpha, view a b out"),
    REDUCE_ROWS(10, true, "int rows n op, real correction, place in, int in_ld, place out"),
    GATHER(11, true, "int rows n entries, place index, int table, place out, int out_ld"),
    MATMUL(
            12,
            false,
            "int batch0 batch1 m n k, place a, int a_batch0 a_batch1 a_row a_col, place b, int b_batch0 b_batch1 b_row b_col,"
                    + "place out, int out_batch0 out_batch1 out_row"),
    SELECT(13, false, "int dim[6], view cond a b out"),
    RNN(
            14,
            false,
            "int kind steps hidden reverse, place gates, int gates_ld recurrent, place h c work out, int out_ld"),
    DEPTHWISE(
            15,
            true,
            "int rows channels taps stride dilation, place in, int in_ld weights bias act, place out, int out_ld"),
    IM2COL(
            16,
            false,
            "int out_h out_w kernel_h kernel_w channels stride_h stride_w dilation_h dilation_w, place in, int in_row in_col,"
                    + "place out, int out_ld");

    final int code;
    final boolean rowLocal;
    final StepLayout layout;

    StepOp(int code, boolean rowLocal, String fields) {
        this.code = code;
        this.rowLocal = rowLocal;
        this.layout = StepLayout.of(fields);
    }

    // Numbers that fields hold: that of a constant is its place in the list. StepContractTest compares them with
    // step.h.

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
