package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Steps of chance that read what earlier ones wrote, with the buffers that a caller fills and reads. */
final class RandomDrafts {
    private static final long[] ROWS = {1, 7, 200};

    final List<Draft> drafts = new ArrayList<>();
    final List<Buffer> inputs = new ArrayList<>();
    final List<Buffer> outputs = new ArrayList<>();

    private final Random random;
    private final List<Buffer> written = new ArrayList<>();
    private final List<Long> rowsOf = new ArrayList<>();

    RandomDrafts(long seed) {
        random = new Random(seed);
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            inputs.add(pinned(fresh(ROWS[random.nextInt(ROWS.length)])));
        }
        int steps = 2 + random.nextInt(20);
        for (int i = 0; i < steps; i++) {
            drafts.add(random.nextInt(3) == 0 ? whole(i) : byRow(i));
        }
        outputs.add(pinned(written.get(written.size() - 1)));
        if (random.nextBoolean()) {
            outputs.add(pinned(written.get(random.nextInt(written.size()))));
        }
    }

    /** A step that reads any rows of several buffers. */
    private Draft whole(int number) {
        Draft draft = new Draft(StepOp.BINARY, "step " + number);
        draft.reads("a.at", any(), 0).reads("b.at", any(), 0);
        return draft.writes("out.at", fresh(ROWS[random.nextInt(ROWS.length)]), 0);
    }

    /** A step that writes a row of each row that it reads; its residual is now and then another row's. */
    private Draft byRow(int number) {
        Buffer in = any();
        long rows = rowsOf.get(written.indexOf(in));
        Draft draft = new Draft(StepOp.GEMM, "step " + number).rows(rows).readsRow("a", in, 0);
        Buffer added = any();
        if (rowsOf.get(written.indexOf(added)) == rows && random.nextInt(3) > 0) {
            draft.readsRow("residual", added, 0);
        } else {
            draft.reads("residual", added, 0);
        }
        draft.unpacks = random.nextBoolean();
        boolean again = random.nextInt(8) == 0 && !in.pinned;
        return draft.writes("out", again ? in : fresh(rows), 0);
    }

    /** The last ones more often than others, as in models. */
    private Buffer any() {
        int back = Math.min(written.size() - 1, random.nextInt(random.nextInt(4) == 0 ? written.size() : 2));
        return written.get(written.size() - 1 - back);
    }

    private Buffer fresh(long rows) {
        long columns = 1 + random.nextInt(40);
        Buffer buffer = random.nextInt(4) == 0 ? Buffer.bytes(rows * columns) : Buffer.floats(rows * columns);
        buffer.rowElements = columns;
        buffer.split = random.nextInt(16) == 0;
        written.add(buffer);
        rowsOf.add(rows);
        return buffer;
    }

    private static Buffer pinned(Buffer buffer) {
        buffer.pinned = true;
        return buffer;
    }
}
