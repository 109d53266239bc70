package org.quantvoice.decode;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Candidates;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;

/**
 * Keeps only the best of the candidates that no later frame can tell apart: those with the same last words (as many
 * as the language model remembers), the same unfinished word and the same last token.
 */
final class HistoryPruning {
    private final Prefixes prefixes;
    private final PrefixScorer scorer;
    private final WordSplitter splitter;
    private final boolean active;
    private final boolean byLabels;
    private int[] table = new int[64];

    HistoryPruning(Prefixes prefixes, PrefixScorer scorer, DecoderParts parts) {
        this.prefixes = prefixes;
        this.scorer = scorer;
        splitter = parts.splitter();
        active = parts.options().pruneHistory();
        byLabels = parts.lexicon() != null;
    }

    void select(Candidates candidates, Beam last) {
        if (!active || candidates.keptCount < 2) {
            return;
        }
        if (scorer.mergesByContent()) {
            selectByContent(candidates);
            return;
        }
        int capacity = Integer.highestOneBit(candidates.keptCount) * 4;
        if (table.length < capacity) {
            table = new int[capacity];
        }
        Arrays.fill(table, -1);
        int kept = 0;
        for (int k = 0; k < candidates.keptCount; k++) {
            int at = find(candidates, last, candidates.kept[k]);
            if (table[at] < 0) {
                table[at] = kept;
                candidates.kept[kept++] = candidates.kept[k];
            } else if (better(candidates, last, candidates.kept[k], candidates.kept[table[at]])) {
                candidates.kept[table[at]] = candidates.kept[k];
            }
        }
        candidates.keptCount = kept;
        Arrays.sort(candidates.kept, 0, kept);
    }

    /** Does the same if prefixes of different tokens can be one hypothesis; every candidate has a row then. */
    private void selectByContent(Candidates candidates) {
        Map<String, Integer> places = new HashMap<>();
        int kept = 0;
        for (int k = 0; k < candidates.keptCount; k++) {
            int c = candidates.kept[k];
            Integer at = places.putIfAbsent(scorer.recent(prefixes, candidates.prefix[c]), kept);
            if (at == null) {
                candidates.kept[kept++] = c;
            } else if (betterByContent(candidates, c, candidates.kept[at])) {
                candidates.kept[at] = c;
            }
        }
        candidates.keptCount = kept;
        Arrays.sort(candidates.kept, 0, kept);
    }

    private boolean betterByContent(Candidates candidates, int a, int b) {
        double difference = candidates.score[a] - candidates.score[b];
        return difference > 0
                || (difference == 0 && scorer.compare(prefixes, candidates.prefix[a], candidates.prefix[b]) < 0);
    }

    private boolean better(Candidates candidates, Beam last, int a, int b) {
        if (candidates.score[a] != candidates.score[b]) {
            return candidates.score[a] > candidates.score[b];
        }
        return prefixes.compare(
                        row(candidates, last, a),
                        opened(candidates, a),
                        label(candidates, a),
                        row(candidates, last, b),
                        opened(candidates, b),
                        label(candidates, b))
                < 0;
    }

    /** Returns the place in the table of the kept candidate with the same history, or an empty place. */
    private int find(Candidates candidates, Beam last, int c) {
        int row = row(candidates, last, c);
        int mask = table.length - 1;
        int at = hash(row, opened(candidates, c), label(candidates, c)) & mask;
        while (table[at] >= 0) {
            int other = candidates.kept[table[at]];
            if (same(
                    row,
                    opened(candidates, c),
                    label(candidates, c),
                    row(candidates, last, other),
                    opened(candidates, other),
                    label(candidates, other))) {
                return at;
            }
            at = (at + 1) & mask;
        }
        return at;
    }

    private int row(Candidates candidates, Beam last, int c) {
        int own = candidates.prefix[c];
        return own == Prefixes.NONE ? last.prefix[candidates.source[c]] : prefixes.parent[own];
    }

    private int opened(Candidates candidates, int c) {
        int own = candidates.prefix[c];
        return own == Prefixes.NONE ? candidates.opened[c] : prefixes.token[own];
    }

    private int label(Candidates candidates, int c) {
        int own = candidates.prefix[c];
        return own == Prefixes.NONE ? candidates.openedLabel[c] : prefixes.label[own];
    }

    /**
     * Returns 1 if a word begins with this token (or ended before it), which includes the beginning of the text, else
     * 0.
     */
    private int boundary(int token, int label) {
        if (scorer.remembersTokens() || token == Prefixes.NONE) {
            return 1;
        }
        return (byLabels ? label != TokenLog.NO_LABEL : splitter.opens(token)) ? 1 : 0;
    }

    /** Returns the ancestor of a row (or the row itself) beyond which histories are not compared. */
    int remembered(int row) {
        if (!active || !(scorer.remembersTokens() || splitter.marksWords())) {
            return row;
        }
        int left = scorer.memory() + 1;
        int at = row;
        while (true) {
            left -= boundary(prefixes.token[at], prefixes.label[at]);
            if (left <= 0 || prefixes.parent[at] == Prefixes.NONE) {
                return at;
            }
            at = prefixes.parent[at];
        }
    }

    private int hash(int row, int token, int label) {
        int left = scorer.memory() + 1;
        int at = row;
        int t = token;
        int l = label;
        int hash = 1;
        while (true) {
            hash = 31 * hash + t;
            left -= boundary(t, l);
            if (left <= 0 || at == Prefixes.NONE) {
                return hash ^ (hash >>> 15);
            }
            t = prefixes.token[at];
            l = prefixes.label[at];
            at = prefixes.parent[at];
        }
    }

    private boolean same(int rowA, int tokenA, int labelA, int rowB, int tokenB, int labelB) {
        int left = scorer.memory() + 1;
        int a = rowA;
        int b = rowB;
        int ta = tokenA;
        int tb = tokenB;
        int la = labelA;
        int lb = labelB;
        while (ta == tb && la == lb) {
            left -= boundary(ta, la);
            if (left <= 0 || a == b) {
                return true;
            }
            if (a == Prefixes.NONE || b == Prefixes.NONE) {
                return false;
            }
            ta = prefixes.token[a];
            tb = prefixes.token[b];
            la = prefixes.label[a];
            lb = prefixes.label[b];
            a = prefixes.parent[a];
            b = prefixes.parent[b];
        }
        return false;
    }
}
