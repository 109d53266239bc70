package org.quantvoice.internal.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the step that computes rows write them as uint8 where nothing needs them as float, so that they cross memory
 * once. A norm always does so, a product if the range is known beforehand.
 */
public final class QuantizeMerge {
    /** Fields that describe the bytes that a step writes. */
    private static final List<String> OUTPUT = List.of("out", "out_ld", "out_type", "out_scale", "out_zero");

    /** Fields for bytes whose scales the step finds. */
    private static final List<String> FOUND = List.of("out_scales", "out_zeros");

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
            if (q.op != StepOp.QUANTIZE_ROWS || q.number("act") != Activation.Act.NONE.ordinal()) {
                return false;
            }
            Draft.Place in = (Draft.Place) q.get("in");
            Draft writer = writers.get(in.buffer());
            boolean only = !in.buffer().pinned
                    && readers.getOrDefault(in.buffer(), 0) == 1
                    && writes.getOrDefault(in.buffer(), 0) == 1;
            return only && writer != null && merge(writer, q, in);
        });
    }

    private static boolean merge(Draft writer, Draft q, Draft.Place in) {
        boolean norm = writer.op == StepOp.NORM_ROWS;
        boolean product = writer.op == StepOp.GEMM && q.number("out_type") == StepOp.Type.U8.ordinal();
        if (!norm && !product) {
            return false;
        }
        boolean sameRows = writer.rows == q.rows
                && writer.number("n") == q.number("n")
                && writer.get("out").equals(in)
                && writer.number("out_ld") == q.number("in_ld");
        if (!sameRows) {
            return false;
        }
        OUTPUT.forEach(field -> writer.take(q, field));
        if (norm) {
            FOUND.forEach(field -> writer.take(q, field));
        }
        writer.writes.remove(in.buffer());
        writer.writes.addAll(q.writes);
        return true;
    }
}
