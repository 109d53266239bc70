package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.RowCheck;
import org.quantvoice.internal.beam.TokenLog;
import org.quantvoice.lm.LmState;

/** A stream of a {@link PrefixBeam}. */
final class BeamStream implements DecoderStream {
    private final Vocabulary vocabulary;
    private final BeamOptions options;
    private final Transcripts transcripts;
    private final RowCheck check;
    private final FrameTokens tokens;
    private final PrefixSearch search;
    private final Housekeeping housekeeping;
    private final LmState context = new LmState();
    private boolean finished;

    BeamStream(DecoderParts parts, PrefixScorer scorer) {
        this(parts, scorer, Housekeeping.FIRST_COLLECTION);
    }

    /** @param leastCollection number of entries below which housekeeping drops nothing */
    BeamStream(DecoderParts parts, PrefixScorer scorer, int leastCollection) {
        vocabulary = parts.vocabulary();
        options = parts.options();
        transcripts = new Transcripts(parts.splitter());
        check = new RowCheck(vocabulary);
        tokens = new FrameTokens(vocabulary, options, check);
        search = new PrefixSearch(parts, scorer);
        housekeeping = new Housekeeping(search, options, leastCollection);
    }

    @Override
    public void accept(LogProbs input) {
        if (finished) {
            throw RowCheck.finished();
        }
        check.shape(input);
        ModelReads.check(options.lm(), () -> advance(input));
    }

    private void advance(LogProbs input) {
        float[] data = input.data();
        int size = vocabulary.size();
        for (int t = 0, row = 0; t < input.frames(); t++, row += size) {
            tokens.read(data, row, search.frame());
            search.step(tokens);
            housekeeping.afterFrame();
        }
    }

    @Override
    public Partial partial() {
        housekeeping.commit();
        TokenLog pending = new TokenLog();
        write(search.beam(), search.pruning.best(search.beam()), pending);
        return transcripts.partial(housekeeping.committed(), pending, search.frame());
    }

    @Override
    public List<WordSpan> takeCommitted() {
        housekeeping.commit();
        return transcripts.take(housekeeping.committed());
    }

    private void write(Beam beam, int row, TokenLog to) {
        boolean overBlank = beam.blankIsBest(row);
        search.links.write(
                beam.bestLink(row),
                overBlank ? beam.blankEnd[row] : search.frame(),
                overBlank ? beam.blankExit[row] : beam.bestToken[row] + search.base(),
                to);
    }

    @Override
    public List<Hypothesis> finish() {
        if (finished) {
            throw RowCheck.finished();
        }
        finished = true;
        return ModelReads.checked(options.lm(), this::best);
    }

    private List<Hypothesis> best() {
        FinalBeam last = new FinalBeam(search, vocabulary, options);
        int[] ranking = search.pruning.ranking(last.beam);
        remember(last.beam.prefix[ranking[0]]);
        List<Hypothesis> best = new ArrayList<>();
        for (int k = 0; k < Math.min(options.nbest(), ranking.length); k++) {
            int row = ranking[k];
            TokenLog log = new TokenLog();
            log.addAll(housekeeping.committed());
            write(last.beam, row, log);
            if (last.label[row] != TokenLog.NO_LABEL) {
                log.labelLast(last.label[row]);
            }
            double acoustic = search.impossible() ? Double.NEGATIVE_INFINITY : last.beam.sum[row] + search.base();
            best.add(transcripts.hypothesis(log, acoustic, last.language[row], last.hotwords[row]));
        }
        return best;
    }

    private void remember(int prefix) {
        LmState after = search.scorer.context(search.prefixes, prefix, new Extension());
        if (after != null) {
            context.copyFrom(after);
        }
    }

    @Override
    public LmState languageModelContext() {
        if (!finished || options.lm() == null) {
            throw new DecoderException(
                    finished ? "a stream without language model" : "a stream that was not finished",
                    "a finished stream with a language model",
                    "finish the stream first");
        }
        LmState copy = new LmState();
        copy.copyFrom(context);
        return copy;
    }

    /** Returns the number of entries in all arrays that grow with a stream; for tests of endless streams. */
    int footprint() {
        return housekeeping.footprint();
    }
}
