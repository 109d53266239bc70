package org.quantvoice.internal.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lets the step that makes rows write them as uint8 where nothing needs them as float, so that they cross memory once: a
 * norm always, a product if the range is known beforehand.
 */
public final class QuantizeMerge {
    /** Fields of the steps' structs: first field of the output, and the quantization step's own. */
    private static final int NORM_OUT = 8;

    private static final int GEMM_OUT = 16;
    private static final int QUANTIZE_IN = 2;
    private static final int QUANTIZE_ACT = 4;
    private static final int QUANTIZE_OUT = 5;
    private static final int STATIC = 1;

    private QuantizeMerge() {}

    static void apply(List<Draft> drafts) {
        Map<Buffer, Integer> readers = new HashMap<>();
        Map<Buffer, Draft> writers = new HashMap<>();
        Map<Buffer, Integer> writes = new HashMap<>();
        for (Draft draft : drafts) {
            draft.reads.forEach(b -> readers.merge(b, 1, Integer::sum));
            draft.writes.forEach(b -> writers.put(b, draft));
            draft.writes.forEach(b -> writes.merge(b, 1, Integer::sum));
        }
        drafts.removeIf(q -> {
            if (q.op != StepOp.QUANTIZE_ROWS || !Objects.equals(q.fields.get(QUANTIZE_ACT), 0L)) {
                return false;
            }
            Draft.Place in = (Draft.Place) q.fields.get(QUANTIZE_IN);
            Draft writer = writers.get(in.buffer());
            boolean only = writer != null
                    && !in.buffer().pinned
                    && readers.get(in.buffer()) == 1
                    && writes.get(in.buffer()) == 1;
            return only && merge(writer, q, in);
        });
    }

    private static boolean merge(Draft writer, Draft q, Draft.Place in) {
        boolean norm = writer.op == StepOp.NORM_ROWS;
        boolean product = writer.op == StepOp.GEMM && Objects.equals(q.fields.get(QUANTIZE_OUT + 2), (long) STATIC);
        if (!norm && !product) {
            return false;
        }
        int out = norm ? NORM_OUT : GEMM_OUT;
        int width = norm ? 1 : 2;
        boolean sameRows = writer.rows == q.rows
                && Objects.equals(writer.fields.get(width), q.fields.get(1))
                && Objects.equals(writer.fields.get(out), in)
                && Objects.equals(writer.fields.get(out + 1), q.fields.get(QUANTIZE_IN + 1));
        if (!sameRows) {
            return false;
        }
        int count = norm ? 7 : 5;
        for (int i = 0; i < count; i++) {
            writer.fields.set(out + i, q.fields.get(QUANTIZE_OUT + i));
        }
        writer.writes.remove(in.buffer());
        writer.writes.addAll(q.writes);
        return true;
    }
}
