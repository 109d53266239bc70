package org.quantvoice.decode;

import org.quantvoice.decode.BeamOptions.PathMerge;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Candidates;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.LogMath;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;

/**
 * One frame of the CTC recursion over prefixes: from a beam to candidates.
 *
 * <p>For a prefix y that ends in token c, with p_b and p_t the probabilities of its paths that end in a blank and in
 * c:
 * <pre>
 * p_b'(y)   = (p_b(y) + p_t(y)) p(blank)
 * p_t'(y)   = p_t(y) p(c) + sum over the parents x of y:  (c = last token of x ? p_b(x) : p_b(x) + p_t(x)) p(c)
 * </pre>
 * in the log domain, where maxima replace the sums with {@link BeamOptions.PathMerge#MAX}. The best single path is
 * tracked too, for the frames of tokens.
 */
final class PathStep {
    /** Difference of logs beyond which a probability is lost in a double. */
    private static final double NEGLIGIBLE = 40;

    private static final double LOST = Double.NEGATIVE_INFINITY;

    private final Prefixes prefixes;
    private final PrefixScorer scorer;
    private final Extension ways = new Extension();
    private final Candidates out;
    private final boolean maximum;
    private final boolean plain;
    private final int blankToken;
    private final int delimiter;
    private final int width;
    private final double threshold;
    private final boolean[] childOpen;
    private int[] firstChild = new int[128];
    private int[] nextChild = new int[128];

    PathStep(Prefixes prefixes, PrefixScorer scorer, Candidates out, Vocabulary vocabulary, BeamOptions options) {
        this.prefixes = prefixes;
        this.scorer = scorer;
        this.out = out;
        maximum = options.merge() == PathMerge.MAX;
        plain = scorer.isPlain();
        blankToken = vocabulary.blank();
        delimiter = vocabulary.delimiter().orElse(Prefixes.NONE);
        width = options.beamWidth();
        threshold = options.beamPruneLogProb();
        childOpen = new boolean[vocabulary.size()];
    }

    private double combine(double a, double b) {
        return maximum ? Math.max(a, b) : LogMath.add(a, b);
    }

    /** Fills the candidates with all hypotheses that the beam can become, and their scores. */
    void expand(Beam beam, FrameTokens now, int frame, double base) {
        repeat(beam, now, frame, base);
        if (scorer.mergesByContent()) {
            double least = settleRepeats(beam) - NEGLIGIBLE;
            for (int i = 0; i < beam.size; i++) {
                openByContent(beam, i, now, least);
            }
            settleAll(beam);
        } else {
            joinParents(beam, now);
            double least = settleRepeats(beam);
            for (int i = 0; i < beam.size; i++) {
                markChildren(i, true);
                if (plain) {
                    openPlain(beam, i, now, least);
                } else {
                    open(beam, i, now, least);
                }
                markChildren(i, false);
            }
        }
    }

    /** Extends every prefix with a blank or with a repeat of its last token. */
    private void repeat(Beam beam, FrameTokens now, int frame, double base) {
        double blank = now.now[blankToken];
        out.reserve(beam.size);
        out.size = beam.size;
        for (int j = 0; j < beam.size; j++) {
            int row = beam.prefix[j];
            boolean ended = beam.bestToken[j] > beam.bestBlank[j];
            out.prefix[j] = row;
            out.source[j] = -1;
            out.blank[j] = beam.sum[j] + blank;
            out.bestBlank[j] = (ended ? beam.bestToken[j] : beam.bestBlank[j]) + blank;
            out.blankLink[j] = ended ? beam.tokenLink[j] : beam.blankLink[j];
            out.blankEnd[j] = ended ? frame : beam.blankEnd[j];
            out.blankExit[j] = ended ? beam.bestToken[j] + base : beam.blankExit[j];
            if (delimiter != Prefixes.NONE && scorer.absorbsDelimiter(prefixes, row)) {
                out.token[j] = beam.sum[j] + now.now[delimiter];
                out.bestToken[j] = beam.best(j) + now.now[delimiter];
                out.tokenLink[j] = beam.bestLink(j);
            } else {
                int last = prefixes.token[row];
                double again = last == Prefixes.NONE ? LOST : now.now[last];
                out.token[j] = beam.token[j] + again;
                out.bestToken[j] = beam.bestToken[j] + again;
                out.tokenLink[j] = beam.tokenLink[j];
            }
        }
    }

    /** Adds the paths that reach a prefix from its parent, if the parent is in the beam too. */
    private void joinParents(Beam beam, FrameTokens now) {
        if (firstChild.length < beam.size) {
            firstChild = new int[2 * beam.size];
            nextChild = new int[2 * beam.size];
        }
        for (int i = 0; i < beam.size; i++) {
            firstChild[i] = -1;
        }
        for (int j = 0; j < beam.size; j++) {
            int row = beam.prefix[j];
            int parent = prefixes.parent[row];
            int i = parent == Prefixes.NONE ? -1 : prefixes.slot[parent];
            if (i >= 0) {
                nextChild[j] = firstChild[i];
                firstChild[i] = j;
                join(beam, i, j, prefixes.token[row], now.open[prefixes.token[row]]);
            }
        }
    }

    /** Adds the paths of row {@code i} that open {@code token} now to a candidate. */
    private void join(Beam beam, int i, int candidate, int token, double logProb) {
        boolean same = prefixes.token[beam.prefix[i]] == token;
        double paths = (same ? beam.blank[i] : beam.sum[i]) + logProb;
        double best = (same ? beam.bestBlank[i] : beam.best(i)) + logProb;
        out.token[candidate] = combine(out.token[candidate], paths);
        if (best > out.bestToken[candidate]) {
            out.bestToken[candidate] = best;
            out.source[candidate] = i;
        }
    }

    /** Scores the prefixes of the last beam; returns the score below which no new prefix can survive. */
    private double settleRepeats(Beam beam) {
        double best = LOST;
        double worst = Double.POSITIVE_INFINITY;
        for (int j = 0; j < beam.size; j++) {
            settle(j);
            best = Math.max(best, out.score[j]);
            worst = Math.min(worst, out.score[j]);
        }
        double least = best + threshold;
        return beam.size >= width ? Math.max(least, worst) : least;
    }

    private void settleAll(Beam beam) {
        for (int j = 0; j < beam.size; j++) {
            settle(j);
        }
        for (int j = beam.size; j < out.size; j++) {
            out.score[j] = out.token[j] + prefixes.worth(out.prefix[j]);
        }
    }

    private void settle(int j) {
        out.sum[j] = combine(out.blank[j], out.token[j]);
        out.score[j] = plain ? out.sum[j] : out.sum[j] + prefixes.worth(out.prefix[j]);
    }

    private void markChildren(int i, boolean mark) {
        for (int j = firstChild[i]; j >= 0; j = nextChild[j]) {
            childOpen[prefixes.token[out.prefix[j]]] = mark;
        }
    }

    private boolean hasChild(int i, int token, int label) {
        for (int j = firstChild[i]; j >= 0; j = nextChild[j]) {
            int row = out.prefix[j];
            if (prefixes.token[row] == token && prefixes.label[row] == label) {
                return true;
            }
        }
        return false;
    }

    private void openPlain(Beam beam, int i, FrameTokens now, double least) {
        int row = beam.prefix[i];
        int last = prefixes.token[row];
        int skipped = delimiter != Prefixes.NONE && scorer.absorbsDelimiter(prefixes, row) ? delimiter : blankToken;
        for (int k = 0; k < now.opening; k++) {
            int token = now.token[k];
            double paths = (token == last ? beam.blank[i] : beam.sum[i]) + now.logProb[k];
            if (beam.sum[i] + now.logProb[k] < least) {
                return;
            }
            if (token != blankToken && token != skipped && !childOpen[token] && paths >= least) {
                double best = (token == last ? beam.bestBlank[i] : beam.best(i)) + now.logProb[k];
                out.add(i, token, TokenLog.NO_LABEL, 0, paths, best, paths);
            }
        }
    }

    private void open(Beam beam, int i, FrameTokens now, double least) {
        int row = beam.prefix[i];
        int last = prefixes.token[row];
        double most = beam.sum[i] + prefixes.language[row] + prefixes.hotwords[row] + scorer.mostGain();
        for (int k = 0; k < now.opening; k++) {
            int token = now.token[k];
            if (most + now.logProb[k] < least) {
                return;
            }
            double paths = (token == last ? beam.blank[i] : beam.sum[i]) + now.logProb[k];
            if (token == blankToken || paths == LOST) {
                continue;
            }
            scorer.extend(prefixes, row, token, ways);
            for (int way = 0; way < ways.ways; way++) {
                double score = paths + ways.total(way);
                int label = ways.label[way];
                if (score >= least && !(childOpen[token] && hasChild(i, token, label))) {
                    double best = (token == last ? beam.bestBlank[i] : beam.best(i)) + now.logProb[k];
                    out.add(i, token, label, way, paths, best, score);
                }
            }
        }
    }

    /** Does the same if prefixes of different tokens can be one hypothesis: each candidate is looked up at once. */
    private void openByContent(Beam beam, int i, FrameTokens now, double least) {
        int row = beam.prefix[i];
        int last = prefixes.token[row];
        double most = beam.sum[i] + prefixes.language[row] + prefixes.hotwords[row] + scorer.mostGain();
        for (int k = 0; k < now.opening; k++) {
            int token = now.token[k];
            if (most + now.logProb[k] < least) {
                return;
            }
            double paths = (token == last ? beam.blank[i] : beam.sum[i]) + now.logProb[k];
            if (token == blankToken || paths == LOST) {
                continue;
            }
            scorer.extend(prefixes, row, token, ways);
            for (int way = 0; way < ways.ways; way++) {
                int child = findOrAdd(row, token, way);
                int at = prefixes.slot[child];
                if (at == Prefixes.NONE) {
                    at = out.add(i, token, ways.label[way], way, LOST, LOST, LOST);
                    out.prefix[at] = child;
                    prefixes.slot[child] = at;
                }
                join(beam, i, at, token, now.logProb[k]);
            }
        }
    }

    private int findOrAdd(int row, int token, int way) {
        int label = ways.label[way];
        long id = scorer.contentHash(ways, way, token);
        for (int at = prefixes.home(id); prefixes.probe(at) != Prefixes.NONE; at = prefixes.next(at)) {
            int found = prefixes.probe(at);
            if (prefixes.identity[found] == id
                    && scorer.sameContent(prefixes, row, token, label, ways.spelling[way], found)) {
                return found;
            }
        }
        int added = prefixes.add(row, token, label, id);
        ways.copyTo(prefixes, added, way);
        return added;
    }

    /** Returns the row of a candidate that survived pruning. */
    int rowOf(Beam beam, int candidate) {
        if (out.prefix[candidate] != Prefixes.NONE) {
            return out.prefix[candidate];
        }
        int parent = beam.prefix[out.source[candidate]];
        int token = out.opened[candidate];
        int label = out.openedLabel[candidate];
        int found = prefixes.child(parent, token, label);
        if (found != Prefixes.NONE) {
            return found;
        }
        int added = prefixes.add(parent, token, label, 0);
        if (!plain) {
            scorer.extend(prefixes, parent, token, ways);
            ways.copyTo(prefixes, added, out.way[candidate]);
        }
        return added;
    }
}
