package org.quantvoice.torch.script;

import java.util.function.IntPredicate;

/** Finds the shortest input that a model takes by trying lengths. It is used only after a short input has failed. */
public final class ShortestInput {
    /** The longest length tried, in samples. No CTC model needs more, so a longer input failed for another reason. */
    private static final int LONGEST = 1 << 15;

    private ShortestInput() {}

    /**
     * @param failed a length that failed, in samples
     * @param runs tells whether the model takes silence of that many samples
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
