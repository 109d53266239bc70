package org.quantvoice.decode;

import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;

/** Scores nothing: there is no language model and there are no hotwords, so the acoustics alone decide. */
final class PlainScorer extends PrefixScorer {
    private final boolean words;
    private final int delimiter;

    PlainScorer(Vocabulary vocabulary, Labelling labelling) {
        words = labelling == Labelling.WORDS && vocabulary.delimiter().isPresent();
        delimiter = vocabulary.delimiter().orElse(-1);
    }

    @Override
    public void root(Prefixes prefixes, int row) {}

    @Override
    public void extend(Prefixes prefixes, int row, int token, Extension out) {
        throw new UnsupportedOperationException("nothing to ask of a plain scorer");
    }

    @Override
    public void finish(Prefixes prefixes, int row, Extension out) {
        out.language[0] = 0;
        out.hotwords[0] = 0;
        out.label[0] = TokenLog.NO_LABEL;
        out.complete = true;
    }

    @Override
    public boolean absorbsDelimiter(Prefixes prefixes, int row) {
        return words && (prefixes.token[row] == delimiter || prefixes.depth[row] == 0);
    }

    @Override
    public double mostGain() {
        return 0;
    }

    @Override
    public boolean isPlain() {
        return true;
    }
}
