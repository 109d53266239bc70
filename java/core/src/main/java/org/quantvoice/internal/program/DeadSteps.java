package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes steps whose results nobody reads, such as steps that only lead to a value that planning computed. */
final class DeadSteps {
    private DeadSteps() {}

    /**
     * Removes steps whose results nobody reads from a list.
     *
     * @param read buffers that are read after the run
     */
    static void remove(List<Draft> drafts, Set<Buffer> read) {
        Set<Buffer> needed = new HashSet<>(read);
        List<Draft> kept = new ArrayList<>();
        for (int i = drafts.size() - 1; i >= 0; i--) {
            Draft draft = drafts.get(i);
            if (draft.writes.stream().anyMatch(b -> b.slot >= 0 || needed.contains(b))) {
                needed.addAll(draft.reads);
                kept.add(draft);
            }
        }
        Collections.reverse(kept);
        drafts.clear();
        drafts.addAll(kept);
    }
}
