package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.LmContexts;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/**
 * Scores prefixes with a language model over the tokens themselves: each token is scored when it is emitted. Hotwords
 * are tracked as well.
 */
final class TokenScorer extends PrefixScorer {
    private final LmOptions lm;
    private final LmContexts contexts;
    private final @Nullable LmState carried;
    private final HotwordTracking hot;
    private final WordSplitter splitter;
    private final int delimiter;
    private final boolean words;
    private final int[] wordId;

    TokenScorer(DecoderParts parts, LmOptions lm, @Nullable LmState carried) {
        this.lm = lm;
        this.carried = carried;
        contexts = new LmContexts(lm.model());
        hot = new HotwordTracking(parts.hotwords(), parts.splitter().mostWords());
        splitter = parts.splitter();
        delimiter = parts.vocabulary().delimiter().orElse(Prefixes.NONE);
        words = parts.options().labelling() == Labelling.WORDS;
        wordId = new int[parts.vocabulary().size()];
        for (int v = 0; v < wordId.length; v++) {
            wordId[v] = lm.model().wordId(parts.vocabulary().token(v));
        }
    }

    @Override
    public void root(Prefixes prefixes, int row) {
        prefixes.lmState[row] = contexts.begin(lm.scoreBoundary(), carried);
    }

    @Override
    public void extend(Prefixes prefixes, int row, int token, Extension out) {
        out.ways = 0;
        if (token == delimiter && absorbsDelimiter(prefixes, row)) {
            return;
        }
        int way = out.add(prefixes, row);
        double log10 = contexts.score(out.lmState[way], wordId[token]);
        if (wordId[token] == LanguageModel.UNKNOWN) {
            log10 += lm.unknownOffset();
        }
        out.language[way] += lm.weigh(log10) + lm.beta();
        out.lmState[way] = contexts.next;
        if (splitter.opens(token)) {
            endWord(out, way);
        }
        out.wordLength[way] += splitter.length(token);
        hot.spell(out, way, splitter.text(token));
        if (splitter.closes(token)) {
            endWord(out, way);
        }
        out.pending[way] = hot.lent(out.hotState[way]);
    }

    private void endWord(Extension out, int way) {
        if (out.wordLength[way] > 0) {
            hot.endWord(out, way);
            out.wordLength[way] = 0;
        }
    }

    @Override
    public void finish(Prefixes prefixes, int row, Extension out) {
        out.ways = 0;
        int way = out.add(prefixes, row);
        endWord(out, way);
        if (lm.scoreBoundary()) {
            out.language[way] +=
                    lm.weigh(contexts.score(out.lmState[way], lm.model().endOfSentence()));
        }
        out.complete = true;
    }

    @Override
    public boolean absorbsDelimiter(Prefixes prefixes, int row) {
        return words && delimiter != Prefixes.NONE && prefixes.wordLength[row] == 0;
    }

    @Override
    public double mostGain() {
        return lm.unknownOffset() > 0 ? Double.POSITIVE_INFINITY : hot.mostGain() + Math.max(0, lm.beta());
    }

    @Override
    public LmState context(Prefixes prefixes, int row, Extension scratch) {
        return contexts.state(prefixes.lmState[row]);
    }

    @Override
    public int memory() {
        return Math.max(1, lm.model().order() - 1);
    }

    @Override
    public boolean remembersTokens() {
        return true;
    }

    @Override
    public void collect(Prefixes prefixes) {
        contexts.collect(prefixes);
    }

    @Override
    public int footprint() {
        return contexts.size();
    }
}
