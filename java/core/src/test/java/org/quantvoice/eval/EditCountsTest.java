package org.quantvoice.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EditCountsTest {

    /** Tries every alignment there is. */
    private static EditCounts best(int[] reference, int i, int[] hypothesis, int j) {
        if (i == reference.length) {
            return new EditCounts(0, 0, 0, hypothesis.length - j);
        }
        if (j == hypothesis.length) {
            return new EditCounts(0, 0, reference.length - i, 0);
        }
        boolean equal = reference[i] == hypothesis[j];
        EditCounts aligned =
                best(reference, i + 1, hypothesis, j + 1).plus(new EditCounts(equal ? 1 : 0, equal ? 0 : 1, 0, 0));
        EditCounts deleted = best(reference, i + 1, hypothesis, j).plus(new EditCounts(0, 0, 1, 0));
        EditCounts inserted = best(reference, i, hypothesis, j + 1).plus(new EditCounts(0, 0, 0, 1));
        return better(aligned, better(deleted, inserted));
    }

    private static EditCounts better(EditCounts a, EditCounts b) {
        if (a.errors() != b.errors()) {
            return a.errors() < b.errors() ? a : b;
        }
        return a.deletions() <= b.deletions() ? a : b;
    }

    @Property(tries = 500)
    void equalsTheBestOfAllAlignments(
            @ForAll @Size(max = 7) int[] reference,
            @ForAll @Size(max = 7) int[] hypothesis,
            @ForAll @IntRange(min = 1, max = 4) int symbols) {
        int[] r = Arrays.stream(reference).map(s -> Math.floorMod(s, symbols)).toArray();
        int[] h = Arrays.stream(hypothesis).map(s -> Math.floorMod(s, symbols)).toArray();
        assertThat(EditCounts.align(r, h)).isEqualTo(best(r, 0, h, 0));
    }

    @Property(tries = 200)
    void isAMetricOfLengths(@ForAll @Size(max = 200) int[] reference, @ForAll @Size(max = 200) int[] hypothesis) {
        EditCounts forth = EditCounts.align(reference, hypothesis);
        EditCounts back = EditCounts.align(hypothesis, reference);
        assertThat(forth.errors()).isEqualTo(back.errors());
        assertThat(forth.referenceLength()).isEqualTo(reference.length);
        assertThat(forth.correct() + forth.substitutions() + forth.insertions()).isEqualTo(hypothesis.length);
        assertThat(EditCounts.align(reference, reference).errors()).isZero();
    }
}
