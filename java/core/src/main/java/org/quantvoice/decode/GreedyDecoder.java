package org.quantvoice.decode;

import org.quantvoice.engine.Vocabulary;

/**
 * Takes the most probable token of each frame, merges repeats and drops blanks: {@code score = sum over t of max over
 * v of log p(v | t)}. The lowest index wins a tie. Immutable.
 */
public final class GreedyDecoder implements Decoder {
    private final Vocabulary vocabulary;
    private final WordSplitter splitter;

    private GreedyDecoder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.splitter = new WordSplitter(vocabulary, null);
    }

    public static GreedyDecoder with(Vocabulary vocabulary) {
        return new GreedyDecoder(vocabulary);
    }

    @Override
    public DecoderStream begin() {
        return new GreedyStream(vocabulary, splitter);
    }
}
