package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Turns the steps of one stream into those of several streams: their tensors lie one behind the other, so that a step
 * of rows becomes one step of all rows, and reads its weights once. Steps up to the last one with a large tensor are
 * exempt: they run for one stream after the other. Steps that look at a stream's own memory, or at other rows than
 * their own, are written once for each stream. Each stream gets the same numbers as if it ran alone.
 */
public final class StreamStacking {
    /** Number of slots of one stream. */
    public static final int SLOTS = 2;

    /** Steps that loop over up to six dimensions. */
    private static final Set<StepOp> LOOPS = Set.of(StepOp.COPY, StepOp.BINARY, StepOp.SELECT);

    /** Size from which tensors of many streams would leave the cache before they are read again. */
    private static final long LARGE_BYTES = 1 << 16;

    private final int streams;
    private final Map<Buffer, Buffer> stacked = new IdentityHashMap<>();
    private final Map<Integer, Buffer> slots = new HashMap<>();

    StreamStacking(int streams) {
        this.streams = streams;
    }

    List<Draft> apply(List<Draft> drafts) {
        int front = front(drafts);
        Set<Buffer> later = Collections.newSetFromMap(new IdentityHashMap<>());
        drafts.subList(front, drafts.size()).forEach(d -> {
            later.addAll(d.reads);
            later.addAll(d.writes);
        });
        List<Draft> all = new ArrayList<>(drafts.size());
        for (int s = 0; s < streams; s++) {
            Map<Buffer, Buffer> own = new IdentityHashMap<>();
            for (Draft draft : drafts.subList(0, front)) {
                all.add(inFront(draft, s, later, own));
            }
        }
        drafts.subList(front, drafts.size()).forEach(d -> stack(d, all));
        return all;
    }

    /** Returns the number of steps up to and including the last one with a large tensor. */
    private static int front(List<Draft> drafts) {
        int front = 0;
        for (int i = 0; i < drafts.size(); i++) {
            boolean large = Stream.concat(drafts.get(i).reads.stream(), drafts.get(i).writes.stream())
                    .anyMatch(b -> b.slot < 0 && b.constant == null && b.byteSize() > LARGE_BYTES);
            front = large ? i + 1 : front;
        }
        return front;
    }

    private void stack(Draft draft, List<Draft> all) {
        if (draft.op.rowLocal && draft.op != StepOp.DEPTHWISE && fillsRows(draft)) {
            all.add(together(draft, draft.rows * streams));
        } else if (LOOPS.contains(draft.op) && loops(draft)) {
            all.add(looped(draft));
        } else {
            for (int s = 0; s < streams; s++) {
                all.add(alone(draft, s));
            }
        }
    }

    /**
     * Returns a step of one stream that runs before the other streams' steps; buffers that later steps do not read
     * share memory with the next stream.
     */
    private Draft inFront(Draft draft, int stream, Set<Buffer> later, Map<Buffer, Buffer> own) {
        Draft made = alone(draft, stream);
        for (Buffer buffer : Stream.concat(draft.reads.stream(), draft.writes.stream())
                .distinct()
                .toList()) {
            if (buffer.constant == null && buffer.slot < 0 && !buffer.pinned && !later.contains(buffer)) {
                Buffer mine = own.computeIfAbsent(buffer, b -> b.times(1));
                made.replace(buffer(buffer), mine, stream * buffer.byteSize(), draft.rowReads.contains(buffer));
            }
        }
        return made;
    }

    /** Returns the tensor of all streams that stands for a dense tensor of one stream, {@code [streams, ..]}. */
    Strided apply(Strided tensor) {
        long[] dims = new long[tensor.rank() + 1];
        dims[0] = streams;
        System.arraycopy(tensor.dims(), 0, dims, 1, tensor.rank());
        return Strided.dense(buffer(tensor.buffer()), dims);
    }

    /** Returns whether each tensor's rows fill its buffer, so that the rows of the next stream follow them. */
    private static boolean fillsRows(Draft draft) {
        for (StepLayout.Field field : draft.op.layout.fields()) {
            if (draft.get(field.name()) instanceof Draft.Place place) {
                String strideField = field.name() + "_ld"; // places without this field have one value for each row
                long stride = draft.op.layout.has(strideField) ? draft.number(strideField) : 1;
                Buffer buffer = place.buffer();
                if (buffer.constant != null || buffer.slot >= 0 || buffer.elements != draft.rows * stride) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean loops(Draft draft) {
        boolean free = draft.number("dim") == 1;
        return free
                && draft.reads.stream().noneMatch(b -> b.slot >= 0)
                && draft.writes.stream().noneMatch(b -> b.slot >= 0);
    }

    private Draft together(Draft draft, long rows) {
        Draft made = draft.mapped(f -> f instanceof Draft.Place p ? new Draft.Place(buffer(p.buffer()), p.bytes()) : f);
        draft.reads.forEach(b -> made.reads.add(buffer(b)));
        draft.writes.forEach(b -> made.writes.add(buffer(b)));
        draft.rowReads.forEach(b -> made.rowReads.add(buffer(b)));
        made.operations = draft.operations * streams;
        if (draft.op.rowLocal) {
            made.rows(rows);
        }
        return made;
    }

    /** Returns the step with the streams as its outermost dimension. */
    private Draft looped(Draft draft) {
        Draft made = together(draft, 0);
        made.first("dim", streams);
        for (StepLayout.Field field : draft.op.layout.fields()) {
            if (draft.get(field.name()) instanceof Draft.Place place) {
                String view = field.name().substring(0, field.name().lastIndexOf('.'));
                made.first(view + ".stride", place.buffer().constant != null ? 0 : place.buffer().elements);
            }
        }
        return made;
    }

    private Draft alone(Draft draft, int stream) {
        Draft made = draft.mapped(f -> f instanceof Draft.Place p ? place(p, stream) : f);
        draft.reads.forEach(b -> made.reads.add(own(b, stream)));
        draft.writes.forEach(b -> made.writes.add(own(b, stream)));
        made.reads.forEach(b -> b.split = true);
        made.writes.forEach(b -> b.split = true);
        made.rows = draft.rows;
        made.operations = draft.operations;
        return made;
    }

    private Draft.Place place(Draft.Place place, int stream) {
        Buffer from = place.buffer();
        boolean shared = from.constant != null || from.slot >= 0;
        return new Draft.Place(own(from, stream), place.bytes() + (shared ? 0 : stream * from.byteSize()));
    }

    private Buffer own(Buffer buffer, int stream) {
        return buffer.slot < 0
                ? buffer(buffer)
                : slots.computeIfAbsent(buffer.slot + SLOTS * stream, number -> Buffer.slot(number, buffer.elements));
    }

    private Buffer buffer(Buffer one) {
        return one.constant != null ? one : stacked.computeIfAbsent(one, b -> b.times(streams));
    }
}
