package org.quantvoice.decode;

/** Keeps the best of the candidates that no future word can tell apart. */
final class HistoryPruning {
    private final boolean active;

    HistoryPruning(Prefixes prefixes, PrefixScorer scorer, BeamOptions options) {
        active = options.pruneHistory();
    }

    void select(Candidates candidates, Beam last) {
        if (active) {
            throw new UnsupportedOperationException("history pruning");
        }
    }
}
