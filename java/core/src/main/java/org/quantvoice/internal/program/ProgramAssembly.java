package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Value;

/** The last part of planning, which joins row groups, gives buffers their places, and turns steps into words. */
public final class ProgramAssembly {
    private ProgramAssembly() {}

    /**
     * Makes a program of steps.
     *
     * @param first steps that run once, before the runs
     * @param inputs pinned
     * @param outputs dense and pinned
     * @param kept other dense and pinned tensors that are read after a run
     * @param slotBytes bytes of each slot of the streams' own memory
     */
    static Program of(
            List<Draft> first,
            List<Draft> drafts,
            List<Strided> inputs,
            List<Strided> outputs,
            Map<Value, Strided> kept,
            long[] slotBytes) {
        long scratch = Math.max(new RowGroups(first).apply(), new RowGroups(drafts).apply());
        Set<Buffer> used = new LinkedHashSet<>();
        inputs.forEach(t -> used.add(t.buffer()));
        outputs.forEach(t -> used.add(t.buffer()));
        kept.values().forEach(t -> used.add(t.buffer()));
        List<Draft> all = new ArrayList<>(first);
        all.addAll(drafts);
        long arena = new ArenaLayout().apply(all, List.copyOf(used));
        all.forEach(d -> used.addAll(d.reads));
        List<Program.Constant> constants = used.stream()
                .filter(b -> b.constant != null)
                .map(b -> new Program.Constant(b.place, b.constant))
                .toList();
        Map<Value, Program.Region> taps = new HashMap<>();
        kept.forEach((value, tensor) -> taps.put(value, region(tensor)));
        return new Program(
                words(drafts),
                steps(drafts),
                new Program.Prologue(words(first), steps(first)),
                arena,
                scratch,
                slotBytes,
                inputs.stream().map(ProgramAssembly::region).toList(),
                outputs.stream().map(ProgramAssembly::region).toList(),
                constants,
                Map.copyOf(taps));
    }

    private static List<Program.Step> steps(List<Draft> drafts) {
        return drafts.stream()
                .map(d -> new Program.Step(d.op, d.label, d.group, d.operations, d.numbers()))
                .toList();
    }

    private static Program.Region region(Strided tensor) {
        return new Program.Region(tensor.buffer().place + tensor.offset() * Float.BYTES, tensor.dims());
    }

    private static long[] words(List<Draft> drafts) {
        long[] words =
                new long[drafts.stream().mapToInt(d -> 4 + d.op.layout.words()).sum()];
        int at = 0;
        for (Draft draft : drafts) {
            words[at++] = draft.op.code;
            words[at++] = draft.group;
            words[at++] = draft.blockRows;
            words[at++] = draft.op.layout.words();
            for (long word : draft.words()) {
                words[at++] = word;
            }
        }
        return words;
    }
}
