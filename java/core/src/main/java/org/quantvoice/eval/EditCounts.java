package org.quantvoice.eval;

/**
 * The counts of an alignment of a hypothesis with its reference.
 *
 * @param correct symbols that agree
 * @param substitutions symbols of the reference that the hypothesis replaced
 * @param deletions symbols of the reference that the hypothesis lacks
 * @param insertions symbols that only the hypothesis has
 */
public record EditCounts(long correct, long substitutions, long deletions, long insertions) {
    /**
     * An error in a cell of the alignment, which packs errors (high half) and deletions (low half), so that the
     * smaller number is better.
     */
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
     * Counts the alignment with the fewest errors, and among those the one with the fewest deletions, so that the
     * counts do not depend on the order of search. It computes Levenshtein's distance by dynamic programming in time
     * proportional to reference times hypothesis and memory of one row.
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
