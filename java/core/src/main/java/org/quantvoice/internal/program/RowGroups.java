package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Joins consecutive row-local steps into groups that run block by block, and moves buffers that live only inside a
 * group into the threads' scratch, so that they never leave the cache.
 */
public final class RowGroups {
    /**
     * Rows of a block: enough to use each weight from memory many times, and few enough to stay in a core's L2 cache.
     */
    private static final long BLOCK_ROWS = 84;

    private static final long SCRATCH_TARGET = 768 * 1024;
    /**
     * Rows of a block that unpacks its weights anew: unpacking less often saves more than the larger cache footprint
     * costs.
     */
    private static final long UNPACKING_BLOCK_ROWS = 128;

    private static final long UNPACKING_SCRATCH_TARGET = 2048 * 1024;
    private static final long ALIGN = 64;

    private final List<Draft> drafts;

    RowGroups(List<Draft> drafts) {
        this.drafts = drafts;
    }

    /** @return bytes of scratch that each thread needs */
    long apply() {
        int group = -1;
        Draft previous = null;
        Set<Buffer> written = new HashSet<>();
        for (Draft draft : drafts) {
            if (!draft.op.rowLocal) {
                previous = null;
                continue;
            }
            if (previous == null || previous.rows != draft.rows || !aligned(draft, written)) {
                group++;
                written.clear();
            }
            draft.group = group;
            written.addAll(draft.writes);
            previous = draft;
        }
        return placeLocals();
    }

    private static boolean aligned(Draft draft, Set<Buffer> written) {
        return draft.reads.stream().filter(written::contains).allMatch(draft.rowReads::contains);
    }

    private long placeLocals() {
        Map<Buffer, Integer> home = homes();
        Map<Integer, List<Draft>> groups = new HashMap<>();
        for (Draft draft : drafts) {
            if (draft.group >= 0) {
                groups.computeIfAbsent(draft.group, g -> new ArrayList<>()).add(draft);
            }
        }
        long most = 0;
        for (Map.Entry<Integer, List<Draft>> entry : groups.entrySet()) {
            Set<Buffer> locals = new HashSet<>();
            long bytesPerRow = 0;
            for (Draft draft : entry.getValue()) {
                for (Buffer b : draft.writes) {
                    if (entry.getKey().equals(home.get(b)) && locals.add(b)) {
                        b.localRowBytes = b.rowElements * b.elementBytes;
                        bytesPerRow += b.localRowBytes;
                    }
                }
            }
            boolean unpacks = entry.getValue().stream().anyMatch(d -> d.unpacks);
            long block = unpacks
                    ? blockRows(bytesPerRow, UNPACKING_BLOCK_ROWS, UNPACKING_SCRATCH_TARGET)
                    : blockRows(bytesPerRow, BLOCK_ROWS, SCRATCH_TARGET);
            entry.getValue().forEach(d -> d.blockRows = block);
            most = Math.max(most, place(entry.getValue(), locals, block));
        }
        return most;
    }

    private static long blockRows(long bytesPerRow, long most, long scratch) {
        return bytesPerRow == 0 ? most : Math.max(8, Math.min(most, scratch / bytesPerRow));
    }

    private static long place(List<Draft> group, Set<Buffer> locals, long block) {
        long at = 0;
        for (Draft draft : group) {
            for (Buffer b : draft.writes) {
                if (locals.contains(b) && b.place == Buffer.UNPLACED) {
                    b.place = ~at;
                    long bytes = block * b.localRowBytes;
                    at += (bytes + ALIGN - 1) / ALIGN * ALIGN;
                }
            }
        }
        return at;
    }

    /** Returns the group of each buffer that only one group uses, row by row. */
    private Map<Buffer, Integer> homes() {
        Map<Buffer, Integer> home = new HashMap<>();
        for (Draft draft : drafts) {
            for (Buffer b : draft.writes) {
                settle(home, b, draft.group, b.rowElements > 0);
            }
            for (Buffer b : draft.reads) {
                settle(home, b, draft.group, draft.rowReads.contains(b));
            }
        }
        return home;
    }

    private static void settle(Map<Buffer, Integer> home, Buffer buffer, int group, boolean byRow) {
        int candidate = byRow && !buffer.pinned && !buffer.split && group >= 0 ? group : -1;
        home.merge(buffer, candidate, (a, b) -> a.equals(b) ? a : Integer.valueOf(-1));
    }
}
