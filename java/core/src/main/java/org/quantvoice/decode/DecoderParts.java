package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.KnownWords;
import org.quantvoice.lm.LmOptions;

/** Data that all streams of one decoder share; immutable. */
record DecoderParts(
        Vocabulary vocabulary,
        BeamOptions options,
        WordSplitter splitter,
        TextIdentity identity,
        @Nullable LmOptions lm,
        @Nullable KnownWords known,
        @Nullable LexiconTree lexicon,
        @Nullable HotwordAutomaton hotwords) {

    /** Returns parts whose options differ only in how many hypotheses are returned. */
    DecoderParts withNbest(int nbest) {
        return new DecoderParts(vocabulary, options.withNbest(nbest), splitter, identity, lm, known, lexicon, hotwords);
    }

    DecoderParts withHotwords(@Nullable HotwordAutomaton others) {
        return new DecoderParts(vocabulary, options, splitter, identity, lm, known, lexicon, others);
    }
}
