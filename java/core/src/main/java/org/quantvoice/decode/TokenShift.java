package org.quantvoice.decode;

import org.quantvoice.decode.BeamOptions.PathMerge;
import org.quantvoice.internal.beam.Alignments;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.LogMath;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;

/**
 * A fast step for the usual frame of speech, in which one token is possible and no hypothesis that ends in it could
 * split into a repeat and a new occurrence. Every hypothesis then continues in exactly one way with the same
 * log-prob, which is added to the common base, and only prefixes change. It works without language model and hotwords
 * only, and its result is that of {@link PathStep} and {@link Pruning}.
 */
final class TokenShift {
    private final Prefixes prefixes;
    private final Alignments links;
    private final PrefixScorer scorer;
    private final boolean possible;
    private final boolean maximum;
    private final int delimiter;
    private final double threshold;

    TokenShift(Prefixes prefixes, Alignments links, PrefixScorer scorer, DecoderParts parts) {
        this.prefixes = prefixes;
        this.links = links;
        this.scorer = scorer;
        possible = scorer.isPlain() && !parts.options().pruneHistory();
        maximum = parts.options().merge() == PathMerge.MAX;
        delimiter = parts.vocabulary().delimiter().orElse(Prefixes.NONE);
        threshold = parts.options().beamPruneLogProb();
    }

    /** Returns whether the step applies: no hypothesis that ends in the token has paths that end in a blank. */
    boolean applies(Beam beam, int token) {
        if (!possible) {
            return false;
        }
        for (int j = 0; j < beam.size; j++) {
            int row = beam.prefix[j];
            if (prefixes.token[row] == token && beam.blank[j] > Double.NEGATIVE_INFINITY && !stays(row, token)) {
                return false;
            }
        }
        return true;
    }

    private boolean stays(int row, int token) {
        return token == delimiter && scorer.absorbsDelimiter(prefixes, row);
    }

    void move(Beam beam, int token, int frame, double base) {
        // Hypotheses that stay come first, because others may be merged into them.
        for (int j = 0; token == delimiter && j < beam.size; j++) {
            if (stays(beam.prefix[j], token)) {
                endInToken(beam, j, beam.bestLink(j));
            }
        }
        boolean merged = false;
        for (int j = 0; j < beam.size; j++) {
            int row = beam.prefix[j];
            if (prefixes.token[row] != token && !stays(row, token)) {
                merged |= open(beam, j, token, frame, base);
            }
        }
        if (merged) {
            prune(beam);
        }
    }

    /** Moves a hypothesis to its child, or merges it into the child if that is in the beam already. */
    private boolean open(Beam beam, int j, int token, int frame, double base) {
        int row = beam.prefix[j];
        int child = prefixes.child(row, token, TokenLog.NO_LABEL);
        int there = child == Prefixes.NONE ? Prefixes.NONE : prefixes.slot[child];
        prefixes.slot[row] = Prefixes.NONE;
        if (there == Prefixes.NONE) {
            int next = child == Prefixes.NONE ? prefixes.add(row, token, TokenLog.NO_LABEL, 0) : child;
            endInToken(beam, j, links.extend(beam, j, prefixes, next, frame, base));
            beam.prefix[j] = next;
            prefixes.slot[next] = j;
            return false;
        }
        beam.token[there] =
                maximum ? Math.max(beam.token[there], beam.sum[j]) : LogMath.add(beam.token[there], beam.sum[j]);
        beam.sum[there] = beam.token[there];
        beam.score[there] = beam.token[there];
        if (beam.best(j) > beam.bestToken[there]) {
            beam.bestToken[there] = beam.best(j);
            beam.tokenLink[there] = links.extend(beam, j, prefixes, child, frame, base);
        }
        beam.score[j] = Double.NaN;
        return true;
    }

    private static void endInToken(Beam beam, int j, int link) {
        beam.tokenLink[j] = link;
        beam.bestToken[j] = beam.best(j);
        beam.token[j] = beam.sum[j];
        beam.blank[j] = Double.NEGATIVE_INFINITY;
        beam.bestBlank[j] = Double.NEGATIVE_INFINITY;
    }

    /** Drops hypotheses that were merged into others and those that are now too far below the best. */
    private void prune(Beam beam) {
        double best = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < beam.size; j++) {
            best = beam.score[j] > best ? beam.score[j] : best;
        }
        int kept = 0;
        for (int j = 0; j < beam.size; j++) {
            boolean gone = Double.isNaN(beam.score[j]);
            if (!gone) {
                prefixes.slot[beam.prefix[j]] = Prefixes.NONE;
            }
            if (!gone && beam.score[j] >= best + threshold) {
                beam.move(j, kept);
                prefixes.slot[beam.prefix[kept]] = kept;
                kept++;
            }
        }
        beam.size = kept;
    }
}
