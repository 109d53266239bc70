package org.quantvoice.torch.script;

import java.util.function.IntPredicate;

/** Finds the shortest input that a model takes, by trying; asked only after a short input has failed. */
public final class ShortestInput {
    /** No CTC model wants more than this; inputs that long failed for another reason. */
    private static final int LONGEST = 1 << 15;

    private ShortestInput() {}

    /**
     * @param failed a length that failed, in samples
     * @param runs whether the model takes silence of so many samples
     * @return the shortest length that works if it is above {@code failed}, else {@code failed}
     */
    public static int find(int failed, IntPredicate runs) {
        if (failed >= LONGEST || !runs.test(LONGEST)) {
            return failed;
        }
        int bad = failed;
        int good = LONGEST;
        while (good - bad > 1) {
            int middle = (good + bad) >>> 1;
            if (runs.test(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }
}
