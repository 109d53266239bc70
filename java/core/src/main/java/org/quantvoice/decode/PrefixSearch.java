package org.quantvoice.decode;

import org.quantvoice.internal.beam.Alignments;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Candidates;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beam of one stream, which advances frame by frame. */
final class PrefixSearch {
    private static final Logger LOG = LoggerFactory.getLogger(PrefixSearch.class);

    final Prefixes prefixes;
    private static final int FIRST_ROWS = 128;

    final Alignments links = new Alignments();
    final Pruning pruning;
    final PrefixScorer scorer;
    private final Candidates candidates = new Candidates(2 * FIRST_ROWS);
    private final PathStep paths;
    final HistoryPruning history;
    private final TokenShift shift;
    private Beam beam = new Beam(FIRST_ROWS);
    private Beam spare = new Beam(FIRST_ROWS);

    /** Log-prob that all paths share: blank frames are added here instead of to each hypothesis. */
    private double base;

    /** The token in which all paths of all hypotheses end (the blank is one), or -1. */
    private int held;

    private final int blankToken;

    private boolean impossible;
    private int frame;

    PrefixSearch(DecoderParts parts, PrefixScorer scorer) {
        this.scorer = scorer;
        prefixes = new Prefixes(!scorer.isPlain(), scorer.mergesByContent());
        pruning = new Pruning(prefixes, scorer, parts.options());
        paths = new PathStep(prefixes, scorer, candidates, parts.vocabulary(), parts.options());
        history = new HistoryPruning(prefixes, scorer, parts);
        shift = new TokenShift(prefixes, links, scorer, parts);
        blankToken = parts.vocabulary().blank();
        held = blankToken;
        int root = prefixes.add(Prefixes.NONE, Prefixes.NONE, TokenLog.NO_LABEL, 0);
        scorer.root(prefixes, root);
        prefixes.slot[root] = 0;
        beam.size = 1;
        beam.prefix[0] = root;
        beam.token[0] = Double.NEGATIVE_INFINITY;
        beam.bestToken[0] = Double.NEGATIVE_INFINITY;
        beam.score[0] = 0;
        beam.blankLink[0] = Alignments.NONE;
        beam.tokenLink[0] = Alignments.NONE;
    }

    Beam beam() {
        return beam;
    }

    double base() {
        return base;
    }

    int frame() {
        return frame;
    }

    /** Returns whether no token was possible at some frame, so that every score is negative infinity. */
    boolean impossible() {
        return impossible;
    }

    void step(FrameTokens now) {
        if (now.impossible()) {
            skip();
        } else if (now.single && now.token[0] == held) {
            // All paths continue in the same way, so no difference between hypotheses changes.
            base += now.logProb[0];
        } else if (now.single && now.token[0] == blankToken) {
            endTokens();
            base += now.logProb[0];
        } else if (now.single && now.opening == 1 && shift.applies(beam, now.token[0])) {
            shift.move(beam, now.token[0], frame, base);
            held = now.token[0];
            base += now.logProb[0];
        } else {
            advance(now);
        }
        frame++;
    }

    private void advance(FrameTokens now) {
        choose(now);
        if (candidates.keptCount == 0) {
            // A lexicon may forbid all tokens that the thresholds left.
            forget();
            now.widen(frame);
            choose(now);
        }
        if (candidates.keptCount > 0) {
            survive();
            held = now.single ? now.token[0] : -1;
        } else {
            skip();
        }
        forget();
    }

    private void choose(FrameTokens now) {
        paths.expand(beam, now, frame, base);
        pruning.select(candidates, beam);
        history.select(candidates, beam);
    }

    private void skip() {
        if (!impossible) {
            LOG.warn("frame {} allows no token that could follow; it is left out and all scores are -infinity", frame);
        }
        impossible = true;
    }

    /** Makes every path end in a blank, after a frame in which only the blank is possible. */
    private void endTokens() {
        for (int j = 0; j < beam.size; j++) {
            beam.blank[j] = beam.sum[j];
            beam.token[j] = Double.NEGATIVE_INFINITY;
            if (beam.bestToken[j] > beam.bestBlank[j]) {
                beam.bestBlank[j] = beam.bestToken[j];
                beam.blankLink[j] = beam.tokenLink[j];
                beam.blankEnd[j] = frame;
                beam.blankExit[j] = beam.bestToken[j] + base;
            }
            beam.bestToken[j] = Double.NEGATIVE_INFINITY;
        }
        held = blankToken;
    }

    private void survive() {
        Beam next = spare;
        next.reserve(candidates.keptCount);
        next.size = candidates.keptCount;
        for (int k = 0; k < next.size; k++) {
            int c = candidates.kept[k];
            int row = paths.rowOf(beam, c);
            next.prefix[k] = row;
            next.token[k] = candidates.token[c];
            next.score[k] = candidates.score[c];
            next.bestToken[k] = candidates.bestToken[c];
            int from = candidates.source[c];
            if (c < beam.size) {
                next.sum[k] = candidates.sum[c];
                next.blank[k] = candidates.blank[c];
                next.bestBlank[k] = candidates.bestBlank[c];
                next.blankLink[k] = candidates.blankLink[c];
                next.blankEnd[k] = candidates.blankEnd[c];
                next.blankExit[k] = candidates.blankExit[c];
                next.tokenLink[k] =
                        from < 0 ? candidates.tokenLink[c] : links.extend(beam, from, prefixes, row, frame, base);
            } else {
                next.sum[k] = candidates.token[c];
                next.blank[k] = Double.NEGATIVE_INFINITY;
                next.bestBlank[k] = Double.NEGATIVE_INFINITY;
                next.blankLink[k] = Alignments.NONE;
                next.tokenLink[k] = links.extend(beam, from, prefixes, row, frame, base);
            }
        }
        for (int j = 0; j < beam.size; j++) {
            prefixes.slot[beam.prefix[j]] = Prefixes.NONE;
        }
        spare = beam;
        beam = next;
    }

    /** Undoes the marks of candidates and sets those of the beam. */
    private void forget() {
        for (int c = 0; c < candidates.size; c++) {
            if (candidates.prefix[c] != Prefixes.NONE) {
                prefixes.slot[candidates.prefix[c]] = Prefixes.NONE;
            }
        }
        for (int j = 0; j < beam.size; j++) {
            prefixes.slot[beam.prefix[j]] = j;
        }
    }

    /** Drops the hypotheses whose chains do not pass through a link. */
    void keepThrough(int anchor) {
        int kept = 0;
        for (int j = 0; j < beam.size; j++) {
            prefixes.slot[beam.prefix[j]] = Prefixes.NONE;
            boolean blank = beam.bestBlank[j] > Double.NEGATIVE_INFINITY && links.passes(beam.blankLink[j], anchor);
            boolean token = beam.bestToken[j] > Double.NEGATIVE_INFINITY && links.passes(beam.tokenLink[j], anchor);
            if (!blank && !token) {
                continue;
            }
            beam.move(j, kept);
            if (!blank) {
                beam.blankLink[kept] = beam.tokenLink[kept];
                beam.blankEnd[kept] = frame;
                beam.blankExit[kept] = beam.bestToken[kept] + base;
            } else if (!token) {
                beam.tokenLink[kept] = beam.blankLink[kept];
            }
            prefixes.slot[beam.prefix[kept]] = kept;
            kept++;
        }
        beam.size = kept;
    }
}
