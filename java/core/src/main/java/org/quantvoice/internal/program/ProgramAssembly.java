package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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
        return of(first, drafts, inputs, outputs, kept, slotBytes, ProgramAssembly::words);
    }

    /** Assembles a program without words, which the laid out steps give piece by piece. */
    static Pieces pieces(List<Draft> drafts, List<Strided> inputs, List<Strided> outputs, Map<Value, Strided> kept) {
        Program frame = of(List.of(), drafts, inputs, outputs, kept, new long[0], laidOut -> new long[0]);
        return new Pieces(frame, drafts);
    }

    private static Program of(
            List<Draft> first,
            List<Draft> drafts,
            List<Strided> inputs,
            List<Strided> outputs,
            Map<Value, Strided> kept,
            long[] slotBytes,
            Function<List<Draft>, long[]> words) {
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
                words.apply(drafts),
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

    /** The words of steps that are laid out; those that name a matrix wait until it is packed. */
    static long[] words(List<Draft> drafts) {
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

    /**
     * A program whose steps are handed out piece by piece, to be run one piece after the other over the same arena: the matrices of a
     * piece are asked for with its words, so that not all need to be packed at a time. For one pass of one thread.
     */
    public static final class Pieces {
        private final Program frame;
        private final List<Draft> drafts;
        private int at;

        Pieces(Program frame, List<Draft> drafts) {
            this.frame = frame;
            this.drafts = List.copyOf(drafts);
        }

        /** The program as it is but for its words, of which it has none. */
        public Program frame() {
            return frame;
        }

        public boolean hasNext() {
            return at < drafts.size();
        }

        /**
         * The words of the next steps. Steps of one group stay together.
         *
         * @param full whether so many matrices were packed that the piece is to end; asked after each step
         */
        public long[] next(BooleanSupplier full) {
            if (!hasNext()) {
                throw new NoSuchElementException(
                        "got a call for a piece after the last; expected hasNext() to be asked");
            }
            List<long[]> words = new ArrayList<>();
            do {
                words.add(words(drafts.subList(at, at + 1)));
                at++;
            } while (hasNext() && !(full.getAsBoolean() && groupEnds()));
            return words.stream().flatMapToLong(Arrays::stream).toArray();
        }

        private boolean groupEnds() {
            int group = drafts.get(at - 1).group;
            return group < 0 || drafts.get(at).group != group;
        }
    }
}
