package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The memory of a program, against a memory that knows who wrote each byte last: whatever a step reads, and whatever a caller
 * reads in the end, is still what was written there.
 */
class MemoryPlanTest {
    private static final long ALIGN = 64;

    @Property(tries = 2000)
    void nothingIsOverwrittenThatIsReadLater(@ForAll long seed) {
        RandomDrafts program = new RandomDrafts(seed);
        long scratch = new RowGroups(program.drafts).apply();
        List<Buffer> kept = new ArrayList<>(program.inputs);
        kept.addAll(program.outputs);
        long bytes = new ArenaLayout().apply(program.drafts, kept);
        Memory arena = new Memory(bytes, seed);
        program.inputs.forEach(arena::write);
        for (List<Draft> stage : stages(program.drafts)) {
            run(stage, arena, new Memory(scratch, seed));
        }
        kept.forEach(arena::read);
    }

    @Test
    void buffersOfAGroupLieInScratch() {
        int local = 0;
        int all = 0;
        for (long seed = 0; seed < 200; seed++) {
            RandomDrafts program = new RandomDrafts(seed);
            new RowGroups(program.drafts).apply();
            List<Buffer> buffers =
                    program.drafts.stream().flatMap(d -> d.writes.stream()).toList();
            all += buffers.size();
            local += (int) buffers.stream()
                    .filter(b -> b.place < 0 && b.place != Buffer.UNPLACED)
                    .count();
        }
        assertThat(local).as("of %d buffers", all).isGreaterThan(all / 10);
    }

    @Test
    void buffersThatNeverLiveTogetherShareMemory() {
        Buffer input = Buffer.floats(1000);
        input.pinned = true;
        List<Draft> drafts = new ArrayList<>();
        Buffer at = input;
        for (int i = 0; i < 20; i++) {
            Buffer next = Buffer.floats(1000);
            drafts.add(new Draft(StepOp.COPY, "copy").reads("in.at", at, 0).writes("out.at", next, 0));
            at = next;
        }
        long three = 3 * (4000 + ALIGN - 4000 % ALIGN);
        assertThat(new ArenaLayout().apply(drafts, List.of(input, at))).isLessThanOrEqualTo(three);
    }

    /** A group runs block by block: of all its steps none may harm another, whatever the order. */
    private static void run(List<Draft> stage, Memory arena, Memory scratch) {
        for (Draft draft : stage) {
            draft.reads.stream().filter(b -> b.place >= 0).forEach(b -> {
                if (stage.stream().noneMatch(d -> d.writes.contains(b))) {
                    arena.read(b);
                }
            });
        }
        for (Draft draft : stage) {
            draft.writes.forEach(b -> (b.place >= 0 ? arena : scratch).write(b, draft.blockRows));
        }
        for (Draft draft : stage) {
            draft.reads.forEach(b -> (b.place >= 0 ? arena : scratch).read(b, draft.blockRows));
            draft.writes.forEach(b -> (b.place >= 0 ? arena : scratch).read(b, draft.blockRows));
        }
    }

    /** A thread that runs a block of a group has no other rows of what the group writes. */
    @Property(tries = 2000)
    void aGroupReadsRowByRowWhatItWrites(@ForAll long seed) {
        RandomDrafts program = new RandomDrafts(seed);
        new RowGroups(program.drafts).apply();
        for (List<Draft> stage : stages(program.drafts)) {
            Set<Buffer> made = new HashSet<>();
            for (Draft draft : stage) {
                assertThat(draft.rowReads)
                        .as("seed %d, %s", seed, draft.label)
                        .containsAll(draft.reads.stream().filter(made::contains).toList());
                assertThat(draft.rows).as("seed %d", seed).isEqualTo(stage.get(0).rows);
                made.addAll(draft.writes);
            }
        }
    }

    private static List<List<Draft>> stages(List<Draft> drafts) {
        List<List<Draft>> stages = new ArrayList<>();
        int group = -1;
        for (Draft draft : drafts) {
            if (draft.group < 0 || draft.group != group) {
                stages.add(new ArrayList<>());
            }
            group = draft.group;
            stages.get(stages.size() - 1).add(draft);
        }
        return stages;
    }

    /** Who wrote each byte last. */
    private static final class Memory {
        private final Buffer[] writers;
        private final long seed;

        Memory(long bytes, long seed) {
            writers = new Buffer[Math.toIntExact(bytes)];
            this.seed = seed;
        }

        void write(Buffer buffer) {
            write(buffer, 0);
        }

        void write(Buffer buffer, long blockRows) {
            int from = start(buffer);
            assertThat(from % ALIGN).as("seed %d", seed).isZero();
            for (int i = from; i < from + size(buffer, blockRows); i++) {
                writers[i] = buffer;
            }
        }

        void read(Buffer buffer) {
            read(buffer, 0);
        }

        void read(Buffer buffer, long blockRows) {
            int from = start(buffer);
            for (int i = from; i < from + size(buffer, blockRows); i++) {
                if (writers[i] != buffer) {
                    throw new AssertionError("seed " + seed + ": byte " + i + " of a buffer at " + from + " of "
                            + size(buffer, blockRows) + " bytes was overwritten");
                }
            }
        }

        private static int start(Buffer buffer) {
            return Math.toIntExact(buffer.place >= 0 ? buffer.place : ~buffer.place);
        }

        private static int size(Buffer buffer, long blockRows) {
            return Math.toIntExact(buffer.place >= 0 ? buffer.byteSize() : blockRows * buffer.localRowBytes);
        }
    }
}
