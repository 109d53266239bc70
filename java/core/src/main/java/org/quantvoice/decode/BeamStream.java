package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.List;

/** A prefix search with the interface of a stream. */
final class BeamStream implements DecoderStream {
    private final Vocabulary vocabulary;
    private final BeamOptions options;
    private final Transcripts transcripts;
    private final RowCheck check;
    private final FrameTokens tokens;
    private final PrefixSearch search;
    private final Housekeeping housekeeping;
    private boolean finished;

    BeamStream(Vocabulary vocabulary, BeamOptions options, WordSplitter splitter, PrefixScorer scorer) {
        this.vocabulary = vocabulary;
        this.options = options;
        transcripts = new Transcripts(splitter);
        check = new RowCheck(vocabulary);
        tokens = new FrameTokens(vocabulary, options, check);
        search = new PrefixSearch(vocabulary, options, scorer);
        housekeeping = new Housekeeping(search, options);
    }

    @Override
    public void accept(LogProbs input) {
        if (finished) {
            throw RowCheck.finished();
        }
        check.shape(input);
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
    public List<Word> takeCommitted() {
        housekeeping.commit();
        return transcripts.take(housekeeping.committed());
    }

    private void write(Beam beam, int row, TokenLog to) {
        boolean overBlank = beam.blankIsBest(row);
        search.links.write(
                beam.bestLink(row),
                overBlank ? beam.blankEnd[row] : search.frame(),
                overBlank ? beam.blankExit[row] : beam.bestToken[row] + search.base(),
                search.prefixes,
                to);
    }

    @Override
    public List<Hypothesis> finish() {
        if (finished) {
            throw RowCheck.finished();
        }
        finished = true;
        FinalBeam last = new FinalBeam(search, vocabulary, options);
        int[] ranking = search.pruning.ranking(last.beam);
        List<Hypothesis> best = new ArrayList<>();
        for (int k = 0; k < Math.min(options.nbest(), ranking.length); k++) {
            int row = ranking[k];
            TokenLog log = new TokenLog();
            log.addAll(housekeeping.committed());
            write(last.beam, row, log);
            double acoustic = search.impossible() ? Double.NEGATIVE_INFINITY : last.beam.sum[row] + search.base();
            best.add(transcripts.hypothesis(log, acoustic, last.language[row], last.hotwords[row]));
        }
        return best;
    }

    /** Entries in all arrays that grow with what is remembered; for tests of endless streams. */
    int footprint() {
        return housekeeping.footprint();
    }
}
