package org.quantvoice.decode;

/**
 * CTC prefix beam search with exact bookkeeping of blanks. It looks for the hypothesis y with the greatest
 * <pre>
 * score(y) = log sum over paths pi of y: product over t of p(pi_t | t)
 * </pre>
 * Immutable, shared by threads. Deterministic to the bit: equal scores are ordered by their tokens.
 *
 * <p>Graves et al., "Connectionist Temporal Classification", 2006; Hannun et al., "First-Pass Large Vocabulary Continuous
 * Speech Recognition using Bi-Directional Recurrent DNNs", 2014.
 */
public final class PrefixBeam implements Decoder {
    private final Vocabulary vocabulary;
    private final BeamOptions options;
    private final WordSplitter splitter;

    private PrefixBeam(Vocabulary vocabulary, BeamOptions options) {
        this.vocabulary = vocabulary;
        this.options = options;
        this.splitter = new WordSplitter(vocabulary, null);
    }

    /** A decoder with the default options. */
    public static PrefixBeam with(Vocabulary vocabulary) {
        return with(vocabulary, BeamOptions.defaults());
    }

    public static PrefixBeam with(Vocabulary vocabulary, BeamOptions options) {
        return new PrefixBeam(vocabulary, options);
    }

    @Override
    public DecoderStream begin() {
        return new BeamStream(vocabulary, options, splitter, new PlainScorer(vocabulary, options.labelling()));
    }
}
