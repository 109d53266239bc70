package org.quantvoice.decode;

/** No language model, no hotwords: acoustics alone. */
final class PlainScorer extends PrefixScorer {
    private final boolean words;
    private final int delimiter;

    PlainScorer(Vocabulary vocabulary, Labelling labelling) {
        words = labelling == Labelling.WORDS && vocabulary.delimiter().isPresent();
        delimiter = vocabulary.delimiter().orElse(-1);
    }

    @Override
    void root(Prefixes prefixes, int row) {}

    @Override
    void extend(Prefixes prefixes, int row, int token, Extension out) {
        throw new UnsupportedOperationException("nothing to ask of a plain scorer");
    }

    @Override
    void finish(Prefixes prefixes, int row, Extension out) {
        out.language[0] = 0;
        out.hotwords[0] = 0;
        out.label[0] = TokenLog.NO_LABEL;
        out.complete = true;
    }

    @Override
    boolean absorbsDelimiter(Prefixes prefixes, int row) {
        return words && (prefixes.token[row] == delimiter || prefixes.depth[row] == 0);
    }

    @Override
    double mostGain() {
        return 0;
    }

    @Override
    boolean isPlain() {
        return true;
    }
}
