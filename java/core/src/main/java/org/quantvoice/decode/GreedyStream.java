package org.quantvoice.decode;

import java.util.List;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.RowCheck;
import org.quantvoice.internal.beam.TokenLog;

/** The state of a greedy decoding: a run of equal tokens is open, and everything before it is in the log. */
final class GreedyStream implements DecoderStream {
    private static final int NOTHING = -1;

    private final Vocabulary vocabulary;
    private final Transcripts transcripts;
    private final RowCheck check;
    private final TokenLog log = new TokenLog();
    private int frames;
    private int open = NOTHING;
    private int openSince;
    private double openScore;
    private double score;
    private boolean finished;

    GreedyStream(Vocabulary vocabulary, WordSplitter splitter) {
        this.vocabulary = vocabulary;
        this.transcripts = new Transcripts(splitter);
        this.check = new RowCheck(vocabulary);
    }

    @Override
    public void accept(LogProbs input) {
        if (finished) {
            throw RowCheck.finished();
        }
        check.shape(input);
        float[] data = input.data();
        int size = vocabulary.size();
        for (int t = 0, base = 0; t < input.frames(); t++, base += size) {
            check.mass(data, base, frames);
            int best = best(data, base, size);
            emit(best, data[base + best]);
            frames++;
        }
    }

    private int best(float[] data, int base, int size) {
        float max = Float.NEGATIVE_INFINITY;
        int arg = 0;
        for (int v = 0; v < size; v++) {
            float x = data[base + v];
            // There is one comparison for each value: a NaN is never smaller or equal, and infinity is above the
            // largest number.
            if (!(x <= max)) {
                if (!(x <= Float.MAX_VALUE)) {
                    throw check.refused(x, frames, v);
                }
                max = x;
                arg = v;
            }
        }
        return arg;
    }

    private void emit(int token, double logProb) {
        score += logProb;
        if (token == open) {
            openScore += logProb;
            return;
        }
        close(log);
        open = token == vocabulary.blank() ? NOTHING : token;
        openSince = frames;
        openScore = logProb;
    }

    private void close(TokenLog to) {
        if (open != NOTHING) {
            to.add(open, TokenLog.NO_LABEL, openSince, frames, openScore);
        }
    }

    @Override
    public Partial partial() {
        TokenLog pending = new TokenLog();
        close(pending);
        return transcripts.partial(log, pending, frames);
    }

    @Override
    public List<WordSpan> takeCommitted() {
        return transcripts.take(log);
    }

    @Override
    public List<Hypothesis> finish() {
        if (finished) {
            throw RowCheck.finished();
        }
        finished = true;
        close(log);
        open = NOTHING;
        return List.of(transcripts.hypothesis(log, score, 0, 0));
    }
}
