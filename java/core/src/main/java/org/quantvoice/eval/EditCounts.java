package org.quantvoice.eval;

/**
 * What an alignment of a hypothesis with its reference consists of.
 *
 * @param correct symbols that agree
 * @param substitutions symbols of the reference that became others
 * @param deletions symbols of the reference that the hypothesis lacks
 * @param insertions symbols that only the hypothesis has
 */
public record EditCounts(long correct, long substitutions, long deletions, long insertions) {
    /** A cell of the alignment packs errors (high half) and deletions (low half): the smaller number is the better. */
    private static final long ERROR = 1L << 32;

    private static final long DELETION = ERROR + 1;
    static final EditCounts NONE = new EditCounts(0, 0, 0, 0);

    public long errors() {
        return substitutions + deletions + insertions;
    }

    public long referenceLength() {
        return correct + substitutions + deletions;
    }

    EditCounts plus(EditCounts other) {
        return new EditCounts(
                correct + other.correct,
                substitutions + other.substitutions,
                deletions + other.deletions,
                insertions + other.insertions);
    }

    /**
     * The alignment with the fewest errors, and among those the one with the fewest deletions; so the counts do not depend
     * on the order of search. Levenshtein's distance by dynamic programming: time reference times hypothesis, memory one
     * row.
     */
    public static EditCounts align(int[] reference, int[] hypothesis) {
        long[] row = new long[hypothesis.length + 1];
        for (int j = 1; j <= hypothesis.length; j++) {
            row[j] = row[j - 1] + ERROR;
        }
        for (int symbol : reference) {
            long diagonal = row[0];
            row[0] += DELETION;
            for (int j = 1; j <= hypothesis.length; j++) {
                long replaced = symbol == hypothesis[j - 1] ? diagonal : diagonal + ERROR;
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j] + DELETION, row[j - 1] + ERROR));
            }
        }
        long best = row[hypothesis.length];
        long deletions = best & 0xffff_ffffL;
        long insertions = deletions + hypothesis.length - reference.length;
        long substitutions = (best >>> 32) - deletions - insertions;
        return new EditCounts(reference.length - substitutions - deletions, substitutions, deletions, insertions);
    }
}
