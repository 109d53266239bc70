package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.KnownWords;
import org.quantvoice.internal.beam.LmContexts;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.SymbolTree;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/** Scores prefixes by their words' characters: with a language model over words, with hotwords, with both or none. */
final class WordScorer extends PrefixScorer {
    private static final double USUAL_LENGTH = 6;

    private final WordSplitter splitter;
    private final int delimiter;
    private final boolean words;
    private final @Nullable LmOptions lm;
    private final @Nullable KnownWords known;
    private final @Nullable LmContexts contexts;
    private final @Nullable LmState carried;
    private final HotwordTracking hot;
    private final TextIdentity identity;

    WordScorer(DecoderParts parts, @Nullable LmState carried) {
        splitter = parts.splitter();
        delimiter = parts.vocabulary().delimiter().orElse(Prefixes.NONE);
        words = parts.options().labelling() == Labelling.WORDS;
        lm = parts.lm();
        known = parts.known();
        contexts = lm == null ? null : new LmContexts(lm.model());
        hot = new HotwordTracking(parts.hotwords(), parts.splitter().mostWords());
        identity = parts.identity();
        this.carried = carried;
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
        if (token == delimiter && absorbsDelimiter(prefixes, row)) {
            return;
        }
        int way = out.add(prefixes, row);
        if (identity.isNeeded()) {
            identity.hash(out, way, out.wordLength[way], token);
        }
        if (splitter.opens(token)) {
            endWord(out, way);
        }
        String text = splitter.text(token);
        if (!text.isEmpty()) {
            out.wordLength[way] += splitter.length(token);
            hot.spell(out, way, text);
            if (known != null) {
                out.spelling[way] = known.walk(out.spelling[way], text);
            }
        }
        if (splitter.closes(token)) {
            endWord(out, way);
        }
        out.pending[way] = pending(out, way);
    }

    private void endWord(Extension out, int way) {
        if (out.wordLength[way] == 0) {
            return;
        }
        if (lm != null && contexts != null && known != null) {
            int node = out.spelling[way];
            double log10 = contexts.score(out.lmState[way], known.wordId(node));
            if (known.isUnknown(node)) {
                log10 += lm.unknownOffset();
            }
            out.language[way] += lm.weigh(log10) + lm.beta();
            out.lmState[way] = contexts.next;
        }
        hot.endWord(out, way);
        out.spelling[way] = SymbolTree.ROOT;
        out.wordLength[way] = 0;
    }

    /**
     * Returns the score that an unfinished word adds to the ranking: a hotword's share, else the penalty of an
     * unknown beginning.
     */
    private double pending(Extension out, int way) {
        int state = out.hotState[way];
        int length = out.wordLength[way];
        if (hot.matches(state)) {
            return hot.lent(state);
        }
        if (length == 0 || lm == null || known == null || known.begins(out.spelling[way])) {
            return 0;
        }
        return length > USUAL_LENGTH ? lm.unknownOffset() * length / USUAL_LENGTH : lm.unknownOffset();
    }

    @Override
    public void finish(Prefixes prefixes, int row, Extension out) {
        out.ways = 0;
        int way = out.add(prefixes, row);
        boolean empty = out.wordLength[way] == 0;
        endWord(out, way);
        if (lm != null && contexts != null) {
            if (empty && lm.emptyWordAtEnd()) {
                double log10 = contexts.score(out.lmState[way], LanguageModel.UNKNOWN) + lm.unknownOffset();
                out.language[way] += lm.weigh(log10) + lm.beta();
                out.lmState[way] = contexts.next;
            }
            if (lm.scoreBoundary()) {
                out.language[way] +=
                        lm.weigh(contexts.score(out.lmState[way], lm.model().endOfSentence()));
            }
        }
        out.complete = true;
    }

    @Override
    public boolean absorbsDelimiter(Prefixes prefixes, int row) {
        return words && prefixes.wordLength[row] == 0 && delimiter != Prefixes.NONE;
    }

    @Override
    public double mostGain() {
        if (lm == null) {
            return hot.mostGain();
        }
        return lm.unknownOffset() > 0
                ? Double.POSITIVE_INFINITY
                : hot.mostGain() + splitter.mostWords() * Math.max(0, lm.beta());
    }

    @Override
    public boolean mergesByContent() {
        return identity.isNeeded();
    }

    @Override
    public long contentHash(Extension ways, int way, int token) {
        return Prefixes.mix(ways.textHash[way] + token);
    }

    @Override
    public boolean sameContent(Prefixes prefixes, int row, int token, int label, int spelling, int other) {
        return identity.same(prefixes, row, token, other);
    }

    @Override
    public int compare(Prefixes prefixes, int rowA, int rowB) {
        return identity.isNeeded() ? identity.compare(prefixes, rowA, rowB) : prefixes.compare(rowA, rowB);
    }

    @Override
    public String recent(Prefixes prefixes, int row) {
        String text = identity.text(prefixes, row, Prefixes.NONE);
        int from = text.length();
        for (int words = memory(); words >= 0 && from >= 0; words--) {
            from = text.lastIndexOf(' ', from - 1);
        }
        return text.substring(from + 1) + ' ' + prefixes.token[row];
    }

    @Override
    public String text(Prefixes prefixes, int row, int label) {
        return identity.text(prefixes, row, Prefixes.NONE).trim();
    }

    @Override
    @Nullable
    public LmState context(Prefixes prefixes, int row, Extension scratch) {
        if (contexts == null) {
            return null;
        }
        scratch.ways = 0;
        int way = scratch.add(prefixes, row);
        endWord(scratch, way);
        return contexts.state(scratch.lmState[way]);
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
