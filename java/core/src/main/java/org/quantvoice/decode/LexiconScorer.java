package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.LmContexts;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.SymbolTree;
import org.quantvoice.internal.beam.TokenLog;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/**
 * Scores prefixes that are spellings of a lexicon, with or without a language model over its words, with or without
 * hotwords.
 */
final class LexiconScorer extends PrefixScorer {
    private static final int ROOT = SymbolTree.ROOT;

    private final LexiconTree lexicon;
    private final @Nullable LmOptions lm;
    private final @Nullable LmContexts contexts;
    private final @Nullable LmState carried;
    private final HotwordTracking hot;
    private final int delimiter;
    private final double wordScore;

    LexiconScorer(DecoderParts parts, LexiconTree lexicon, @Nullable LmState carried) {
        this.lexicon = lexicon;
        this.carried = carried;
        lm = parts.lm();
        contexts = lm == null ? null : new LmContexts(lm.model());
        hot = new HotwordTracking(parts.hotwords(), lexicon.mostWords());
        delimiter = parts.vocabulary().delimiter().orElse(Prefixes.NONE);
        wordScore = lm == null ? lexicon.options().wordScore() : lm.beta();
    }

    @Override
    public void root(Prefixes prefixes, int row) {
        if (lm != null && contexts != null) {
            prefixes.lmState[row] = contexts.begin(lm.scoreBoundary(), carried);
        }
    }

    @Override
    public void extend(Prefixes prefixes, int row, int token, Extension out) {
        out.ways = 0;
        int from = prefixes.spelling[row];
        int node = lexicon.child(from, token);
        if (node == SymbolTree.OFF) {
            if (from == ROOT && token == delimiter && !absorbsDelimiter(prefixes, row)) {
                int way = out.add(prefixes, row);
                out.pending[way] = hot.lent(out.hotState[way]);
            }
            return;
        }
        if (lexicon.goesOn(node)) {
            int way = out.add(prefixes, row);
            out.spelling[way] = node;
            out.pending[way] = smear(node) + hot.lent(out.hotState[way]);
        }
        for (int label : lexicon.labels(node)) {
            endWord(out, out.add(prefixes, row), label);
        }
        if (lexicon.labels(node).length == 0 && lexicon.options().unknownScore() > Double.NEGATIVE_INFINITY) {
            int way = out.add(prefixes, row);
            endWord(out, way, lexicon.unknownLabel());
            out.language[way] += lexicon.options().unknownScore() - wordScore;
        }
    }

    private double smear(int node) {
        return lm == null ? 0 : lm.weigh(lexicon.smear(node));
    }

    private void endWord(Extension out, int way, int label) {
        out.label[way] = label;
        out.spelling[way] = ROOT;
        out.textHash[way] = Prefixes.mix(out.textHash[way] + label + 1);
        out.language[way] += wordScore;
        if (lm != null && contexts != null) {
            int word = lexicon.lmWord(label);
            double log10 = contexts.score(out.lmState[way], word);
            out.lmState[way] = contexts.next;
            boolean unknown = word == LanguageModel.UNKNOWN && label != lexicon.unknownLabel();
            out.language[way] += lm.weigh(unknown ? log10 + lm.unknownOffset() : log10);
        }
        hot.spell(out, way, lexicon.word(label));
        hot.endWord(out, way);
        out.pending[way] = hot.lent(out.hotState[way]);
    }

    @Override
    public void finish(Prefixes prefixes, int row, Extension out) {
        out.ways = 0;
        int node = prefixes.spelling[row];
        int way = out.add(prefixes, row);
        out.complete = node == ROOT;
        int closed = delimiter == Prefixes.NONE ? SymbolTree.OFF : lexicon.child(node, delimiter);
        if (node == ROOT) {
            out.label[way] = TokenLog.NO_LABEL;
        } else if (lexicon.options().keepsLastWord() && closed != SymbolTree.OFF && lexicon.labels(closed).length > 0) {
            endWord(out, way, bestLabel(out, way, lexicon.labels(closed)));
            out.complete = true;
        } else {
            out.language[way] += smear(node);
        }
        if (lm != null && contexts != null && lm.scoreBoundary()) {
            out.language[way] +=
                    lm.weigh(contexts.score(out.lmState[way], lm.model().endOfSentence()));
        }
    }

    /** Returns the word that the language model scores best among words of one spelling; the first of equals. */
    private int bestLabel(Extension out, int way, int[] labels) {
        int best = labels[0];
        for (int label : labels) {
            if (contexts != null
                    && contexts.score(out.lmState[way], lexicon.lmWord(label))
                            > contexts.score(out.lmState[way], lexicon.lmWord(best))) {
                best = label;
            }
        }
        return best;
    }

    /**
     * Returns whether a delimiter changes nothing: delimiters between words are free, but the one that ends a
     * spelling must be emitted.
     */
    @Override
    public boolean absorbsDelimiter(Prefixes prefixes, int row) {
        return delimiter != Prefixes.NONE
                && prefixes.spelling[row] == ROOT
                && (prefixes.token[row] == delimiter || prefixes.token[row] == Prefixes.NONE)
                && lexicon.child(ROOT, delimiter) == SymbolTree.OFF;
    }

    @Override
    public double mostGain() {
        return lm != null && lm.unknownOffset() > 0
                ? Double.POSITIVE_INFINITY
                : hot.mostGain()
                        + Math.max(0, Math.max(wordScore, lexicon.options().unknownScore()));
    }

    @Override
    public boolean mergesByContent() {
        return lexicon.severalSpellings();
    }

    @Override
    public long contentHash(Extension ways, int way, int token) {
        return Prefixes.mix(Prefixes.mix(ways.textHash[way] + token) + ways.spelling[way]);
    }

    @Override
    public boolean sameContent(Prefixes prefixes, int row, int token, int label, int spelling, int other) {
        if (prefixes.token[other] != token || prefixes.spelling[other] != spelling) {
            return false;
        }
        if (prefixes.parent[other] == row && prefixes.label[other] == label) {
            return true;
        }
        return words(prefixes, row, label).equals(words(prefixes, other, TokenLog.NO_LABEL));
    }

    @Override
    public int compare(Prefixes prefixes, int rowA, int rowB) {
        if (rowA == rowB || !mergesByContent()) {
            return prefixes.compare(rowA, rowB);
        }
        int byWords = words(prefixes, rowA, TokenLog.NO_LABEL).compareTo(words(prefixes, rowB, TokenLog.NO_LABEL));
        int bySpelling = Integer.compare(prefixes.spelling[rowA], prefixes.spelling[rowB]);
        int byToken = Integer.compare(prefixes.token[rowA], prefixes.token[rowB]);
        return byWords != 0 ? byWords : bySpelling != 0 ? bySpelling : byToken;
    }

    @Override
    public String recent(Prefixes prefixes, int row) {
        StringBuilder recent = new StringBuilder();
        int left = memory();
        for (int at = row; at != Prefixes.NONE && left > 0; at = prefixes.parent[at]) {
            if (prefixes.label[at] != TokenLog.NO_LABEL) {
                recent.append(prefixes.label[at]).append(' ');
                left--;
            }
        }
        return recent.append('/')
                .append(prefixes.spelling[row])
                .append('/')
                .append(prefixes.token[row])
                .toString();
    }

    /** Returns the labels of a prefix, newest first, as far as the tree goes back. */
    private static String words(Prefixes prefixes, int row, int label) {
        StringBuilder words = new StringBuilder();
        if (label != TokenLog.NO_LABEL) {
            words.append(label).append(' ');
        }
        for (int at = row; at != Prefixes.NONE; at = prefixes.parent[at]) {
            if (prefixes.label[at] != TokenLog.NO_LABEL) {
                words.append(prefixes.label[at]).append(' ');
            }
        }
        return words.toString();
    }

    @Override
    public String text(Prefixes prefixes, int row, int label) {
        return words(prefixes, row, label) + (label == TokenLog.NO_LABEL ? prefixes.spelling[row] : ROOT);
    }

    @Override
    @Nullable
    public LmState context(Prefixes prefixes, int row, Extension scratch) {
        return contexts == null ? null : contexts.state(prefixes.lmState[row]);
    }

    @Override
    public int memory() {
        return lm == null ? 1 : Math.max(1, lm.model().order() - 1);
    }

    @Override
    public void collect(Prefixes prefixes) {
        if (contexts != null) {
            contexts.collect(prefixes);
        }
    }

    @Override
    public int footprint() {
        return contexts == null ? 0 : contexts.size();
    }
}
