package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds steps whose results depend on the sizes of the inputs alone, such as the keys of relative positions: they can run once for
 * a length instead of in each run.
 */
final class FixedSteps {
    /**
     * Bytes that an arena keeps from run to run at most: the results of every layer lie there at the same time, where one place
     * would serve them in turn. In a long recording this memory is dearer than the time.
     */
    static final long MOST_KEPT_BYTES = 64L << 20;

    private final List<Draft> drafts;
    private final Map<Buffer, List<Draft>> writers = new HashMap<>();
    private final Set<Draft> fixed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Buffer> given;

    private FixedSteps(List<Draft> drafts, Set<Buffer> given) {
        this.drafts = drafts;
        this.given = given;
        for (Draft draft : drafts) {
            draft.writes.forEach(
                    b -> writers.computeIfAbsent(b, k -> new ArrayList<>()).add(draft));
        }
    }

    /**
     * Moves such steps out of a list, and pins what the others read of them.
     *
     * @param given buffers that the caller writes before or reads after a run
     * @return the steps that were moved, in their order; none if more than {@link #MOST_KEPT_BYTES} would have to be kept
     */
    static List<Draft> split(List<Draft> drafts, Set<Buffer> given) {
        FixedSteps steps = new FixedSteps(drafts, given);
        steps.find();
        List<Draft> first = drafts.stream().filter(steps.fixed::contains).toList();
        Set<Buffer> kept = new HashSet<>();
        drafts.stream().filter(d -> !steps.fixed.contains(d)).forEach(d -> kept.addAll(d.reads));
        kept.retainAll(steps.writers.keySet());
        kept.removeIf(b -> !first.containsAll(steps.writers.get(b)));
        if (kept.stream().mapToLong(Buffer::byteSize).sum() > MOST_KEPT_BYTES) {
            return List.of();
        }
        drafts.removeIf(steps.fixed::contains);
        kept.forEach(b -> b.pinned = true);
        return first;
    }

    /** Takes all steps for fixed, and then out again those that are not, until none is left to take out. */
    private void find() {
        fixed.addAll(drafts);
        while (fixed.removeIf(d -> !isFixed(d))) {
            continue;
        }
    }

    private boolean isFixed(Draft draft) {
        return draft.writes.stream().allMatch(this::isFixed)
                && draft.reads.stream().allMatch(this::isFixed);
    }

    private boolean isFixed(Buffer buffer) {
        return buffer.slot < 0
                && !given.contains(buffer)
                && (buffer.constant != null || fixed.containsAll(writers.getOrDefault(buffer, List.of())));
    }
}
