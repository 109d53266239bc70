package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives each buffer its place in the arena; buffers that never live at the same time share memory. */
public final class ArenaLayout {
    private static final long ALIGN = 64;

    private static final class Life {
        final Buffer buffer;
        int first;
        int last;

        Life(Buffer buffer, int at) {
            this.buffer = buffer;
            this.first = at;
            this.last = at;
        }

        boolean meets(Life other) {
            return first <= other.last && other.first <= last;
        }
    }

    private final Map<Buffer, Life> lives = new HashMap<>();
    private final List<Life> order = new ArrayList<>();
    private int end;

    /**
     * Places all buffers that are not in the threads' scratch.
     *
     * @return size of the arena in bytes
     */
    long apply(List<Draft> drafts, List<Buffer> kept) {
        int stage = -1;
        int group = -1;
        for (Draft draft : drafts) {
            if (draft.group < 0 || draft.group != group) {
                stage++;
            }
            group = draft.group;
            int now = stage;
            draft.reads.forEach(b -> live(b, now));
            draft.writes.forEach(b -> live(b, now));
        }
        end = stage + 1;
        kept.forEach(b -> live(b, 0));
        return place();
    }

    private void live(Buffer buffer, int stage) {
        if (buffer.slot >= 0 || buffer.place < 0 && buffer.place != Buffer.UNPLACED) {
            return;
        }
        Life life = lives.computeIfAbsent(buffer, b -> {
            Life fresh = new Life(b, stage);
            order.add(fresh);
            return fresh;
        });
        life.last = Math.max(life.last, stage);
    }

    /**
     * Places the largest buffers first, each at the lowest free place; pinned buffers live from the first stage to
     * the last.
     */
    private long place() {
        order.stream().filter(l -> l.buffer.pinned).forEach(l -> {
            l.first = 0;
            l.last = end;
        });
        List<Life> bySize = new ArrayList<>(order);
        bySize.sort(Comparator.comparingLong((Life l) -> -l.buffer.byteSize()));
        List<Life> placed = new ArrayList<>();
        long total = 0;
        for (Life life : bySize) {
            long at = 0;
            for (Life other : placed) {
                if (life.meets(other) && at < endOf(other) && other.buffer.place < at + life.buffer.byteSize()) {
                    at = endOf(other);
                }
            }
            life.buffer.place = at;
            insert(placed, life);
            total = Math.max(total, endOf(life));
        }
        return total;
    }

    /** Inserts a buffer into the list, which is sorted by place. */
    private static void insert(List<Life> placed, Life life) {
        int at = placed.size();
        while (at > 0 && placed.get(at - 1).buffer.place > life.buffer.place) {
            at--;
        }
        placed.add(at, life);
    }

    private static long endOf(Life life) {
        return (life.buffer.place + life.buffer.byteSize() + ALIGN - 1) / ALIGN * ALIGN;
    }
}
