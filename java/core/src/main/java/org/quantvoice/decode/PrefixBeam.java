package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.KnownWords;
import org.quantvoice.internal.beam.LanguageModelFit;
import org.quantvoice.internal.beam.PrefixScorer;
import org.quantvoice.internal.beam.Spelling;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;
import org.quantvoice.lm.LmUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CTC prefix beam search with exact bookkeeping of blanks. It looks for the hypothesis y with the greatest
 * <pre>
 * score(y) = log sum over paths pi of y: product over t of p(pi_t | t)
 *          + sum over words w of y: alpha ln 10 (log10 p(w | words before) + (w unknown ? unknownOffset : 0)) + beta
 *          + alpha ln 10 log10 p(&lt;/s&gt; | words before)
 *          + sum over hotwords in y: weight
 * </pre>
 * the last three if there are a language model, {@code scoreBoundary} and hotwords. During the search an unfinished word is
 * ranked by what {@link LmOptions}, {@link Lexicon} and {@link Hotwords} say. Language model scores are taken to be
 * 0 at most, as logs of probabilities are.
 *
 * <p>Immutable, shared by threads. Deterministic to the bit: equal scores are ordered by their content, and nothing that is dropped from memory changes that.
 *
 * <p>Graves et al., "Connectionist Temporal Classification", 2006; Hannun et al., "First-Pass Large Vocabulary Continuous
 * Speech Recognition using Bi-Directional Recurrent DNNs", 2014.
 */
public final class PrefixBeam implements Decoder {
    private static final Logger LOG = LoggerFactory.getLogger(PrefixBeam.class);

    private final DecoderParts parts;

    private PrefixBeam(DecoderParts parts) {
        this.parts = parts;
    }

    private static DecoderParts parts(Vocabulary vocabulary, BeamOptions options) {
        LmOptions lm = options.lm();
        LexiconTree lexicon = options.lexicon() == null ? null : new LexiconTree(options.lexicon(), vocabulary, lm);
        if (lm != null && lexicon == null) {
            LanguageModelFit.misfit(lm, vocabulary)
                    .ifPresent(why -> LOG.warn("the language model {} will not help: {}", lm.model(), why));
        }
        KnownWords letters = lm != null && lm.unit() == LmUnit.WORD && lexicon == null ? new KnownWords(lm) : null;
        WordSplitter splitter = new WordSplitter(vocabulary, lexicon);
        return new DecoderParts(
                vocabulary,
                options,
                splitter,
                new TextIdentity(splitter, vocabulary, options),
                lm,
                letters,
                lexicon,
                automaton(options.hotwords(), vocabulary, lexicon));
    }

    private static @Nullable HotwordAutomaton automaton(
            Hotwords hotwords, Vocabulary vocabulary, @Nullable LexiconTree lexicon) {
        if (hotwords.isEmpty()) {
            return null;
        }
        if (lexicon == null) {
            hotwords.weights().keySet().forEach(phrase -> Spelling.ofText(phrase, vocabulary));
        }
        return new HotwordAutomaton(hotwords);
    }

    /** Returns a decoder with the default options. */
    public static PrefixBeam with(Vocabulary vocabulary) {
        return with(vocabulary, BeamOptions.defaults());
    }

    /**
     * Returns a decoder with options.
     *
     * @throws org.quantvoice.error.DecoderException if the vocabulary cannot spell a hotword or a word of the lexicon
     */
    public static PrefixBeam with(Vocabulary vocabulary, BeamOptions options) {
        return new PrefixBeam(ModelReads.checked(options.lm(), () -> parts(vocabulary, options)));
    }

    /** Returns the same search with up to {@code nbest} results; both decoders share their data. */
    public PrefixBeam withNbest(int nbest) {
        return new PrefixBeam(parts.withNbest(nbest));
    }

    /**
     * Returns the same search with other hotwords; both decoders share all other data, so this costs only the
     * phrases.
     *
     * @throws org.quantvoice.error.DecoderException if the vocabulary cannot spell one
     */
    public PrefixBeam withHotwords(Hotwords hotwords) {
        return new PrefixBeam(parts.withHotwords(automaton(hotwords, parts.vocabulary(), parts.lexicon())));
    }

    public BeamOptions options() {
        return parts.options();
    }

    @Override
    public DecoderStream begin() {
        return begin(parts, null);
    }

    /** Returns a stream with other hotwords than those of the options. */
    public DecoderStream begin(Hotwords hotwords) {
        return begin(parts.withHotwords(automaton(hotwords, parts.vocabulary(), parts.lexicon())), null);
    }

    /**
     * A stream that goes on where another one ended.
     *
     * @param context what {@link DecoderStream#languageModelContext()} of the other stream said
     */
    public DecoderStream begin(LmState context) {
        return begin(parts, context);
    }

    /** Returns a stream whose housekeeping begins at {@code leastCollection} entries. */
    BeamStream begin(int leastCollection) {
        return new BeamStream(parts, scorer(parts, null), leastCollection);
    }

    private static BeamStream begin(DecoderParts parts, @Nullable LmState carried) {
        return new BeamStream(parts, scorer(parts, carried));
    }

    private static PrefixScorer scorer(DecoderParts parts, @Nullable LmState carried) {
        LmOptions lm = parts.lm();
        if (parts.lexicon() != null) {
            return new LexiconScorer(parts, parts.lexicon(), carried);
        }
        if (lm != null && lm.unit() == LmUnit.TOKEN) {
            return new TokenScorer(parts, lm, carried);
        }
        if (lm != null || parts.hotwords() != null || parts.identity().isNeeded()) {
            return new WordScorer(parts, carried);
        }
        return new PlainScorer(parts.vocabulary(), parts.options().labelling());
    }
}
