package org.quantvoice.decode;

import java.util.Arrays;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Candidates;
import org.quantvoice.internal.beam.IntSort;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;

/**
 * Chooses the candidates that survive: those within the threshold of the best, and of these the best {@code width}.
 * Among equal scores at the edge the smaller content survives. A partial selection in linear time replaces sorting.
 */
final class Pruning {
    private final Prefixes prefixes;
    private final PrefixScorer scorer;
    private final int width;
    private final double threshold;
    private double[] scores = new double[64];
    private int[] ties = new int[16];

    Pruning(Prefixes prefixes, PrefixScorer scorer, BeamOptions options) {
        this.prefixes = prefixes;
        this.scorer = scorer;
        width = options.beamWidth();
        threshold = options.beamPruneLogProb();
    }

    /** Fills {@code kept} with the surviving rows, in ascending order; no row survives if nothing is possible. */
    void select(Candidates candidates, Beam last) {
        double best = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < candidates.size; c++) {
            best = Math.max(best, candidates.score[c]);
        }
        double least = Math.max(best + threshold, -Double.MAX_VALUE);
        int kept = 0;
        for (int c = 0; c < candidates.size; c++) {
            if (candidates.score[c] >= least) {
                candidates.kept[kept++] = c;
            }
        }
        candidates.keptCount = kept;
        if (kept > width) {
            cut(candidates, last);
        }
    }

    private void cut(Candidates candidates, Beam last) {
        int count = candidates.keptCount;
        if (scores.length < count) {
            scores = new double[2 * count];
        }
        for (int k = 0; k < count; k++) {
            scores[k] = candidates.score[candidates.kept[k]];
        }
        double edge = greatest(width, count);
        int above = 0;
        int equal = 0;
        for (int k = 0; k < count; k++) {
            double score = candidates.score[candidates.kept[k]];
            above += score > edge ? 1 : 0;
            equal += score == edge ? 1 : 0;
        }
        boolean[] lost = above + equal > width ? losers(candidates, last, edge, equal, width - above) : null;
        int kept = 0;
        for (int k = 0; k < count; k++) {
            int c = candidates.kept[k];
            if (candidates.score[c] > edge || (candidates.score[c] == edge && (lost == null || !lost[c]))) {
                candidates.kept[kept++] = c;
            }
        }
        candidates.keptCount = kept;
    }

    /** Returns the {@code rank}-th greatest of the first {@code count} scores by quickselect, which reorders them. */
    private double greatest(int rank, int count) {
        int low = 0;
        int high = count - 1;
        int target = rank - 1;
        while (low < high) {
            double pivot = median(scores[low], scores[(low + high) >>> 1], scores[high]);
            int i = low;
            int j = high;
            while (i <= j) {
                while (scores[i] > pivot) {
                    i++;
                }
                while (scores[j] < pivot) {
                    j--;
                }
                if (i <= j) {
                    double x = scores[i];
                    scores[i++] = scores[j];
                    scores[j--] = x;
                }
            }
            if (target <= j) {
                high = j;
            } else if (target >= i) {
                low = i;
            } else {
                return scores[target];
            }
        }
        return scores[target];
    }

    private static double median(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    /**
     * Returns the candidates with the score at the edge that are dropped: all but the {@code room} of smallest
     * content.
     */
    private boolean[] losers(Candidates candidates, Beam last, double edge, int equal, int room) {
        if (ties.length < equal) {
            ties = new int[2 * equal];
        }
        int count = 0;
        for (int k = 0; k < candidates.keptCount; k++) {
            if (candidates.score[candidates.kept[k]] == edge) {
                ties[count++] = candidates.kept[k];
            }
        }
        IntSort.sort(ties, count, (a, b) -> compare(candidates, last, a, b));
        boolean[] lost = new boolean[candidates.size];
        for (int k = room; k < count; k++) {
            lost[ties[k]] = true;
        }
        return lost;
    }

    private int compare(Candidates candidates, Beam last, int a, int b) {
        int rowA = candidates.prefix[a];
        int rowB = candidates.prefix[b];
        boolean newA = rowA == Prefixes.NONE;
        boolean newB = rowB == Prefixes.NONE;
        if (!newA && !newB) {
            return scorer.compare(prefixes, rowA, rowB);
        }
        return prefixes.compare(
                newA ? last.prefix[candidates.source[a]] : prefixes.parent[rowA],
                newA ? candidates.opened[a] : prefixes.token[rowA],
                newA ? candidates.openedLabel[a] : prefixes.label[rowA],
                newB ? last.prefix[candidates.source[b]] : prefixes.parent[rowB],
                newB ? candidates.opened[b] : prefixes.token[rowB],
                newB ? candidates.openedLabel[b] : prefixes.label[rowB]);
    }

    /** Returns the row with the best score; the smallest content among equals. */
    int best(Beam beam) {
        int best = 0;
        for (int j = 1; j < beam.size; j++) {
            double difference = beam.score[j] - beam.score[best];
            if (difference > 0
                    || (difference == 0 && scorer.compare(prefixes, beam.prefix[j], beam.prefix[best]) < 0)) {
                best = j;
            }
        }
        return best;
    }

    /** Returns the rows of the beam, best first; rows of equal score are ordered by content. */
    int[] ranking(Beam beam) {
        int[] rows = new int[beam.size];
        Arrays.setAll(rows, j -> j);
        IntSort.sort(rows, rows.length, (a, b) -> {
            int byScore = Double.compare(beam.score[b], beam.score[a]);
            return byScore != 0 ? byScore : scorer.compare(prefixes, beam.prefix[a], beam.prefix[b]);
        });
        return rows;
    }
}
