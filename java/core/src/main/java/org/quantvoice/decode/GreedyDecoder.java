package org.quantvoice.decode;

import org.quantvoice.engine.Vocabulary;

/**
 * The most probable token of each frame, repeats merged, blanks dropped:
 * {@code score = sum over t of max over v of log p(v | t)}. The lowest index wins a tie. Immutable.
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
