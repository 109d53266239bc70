package org.quantvoice.decode;

import java.util.List;
import java.util.stream.Stream;

/**
 * The words that a stream has recognised so far.
 *
 * @param committed words that no later frame can change, without those that were already taken
 * @param pending the rest of the best hypothesis; may change
 * @param frames number of frames read so far
 */
public record Partial(List<WordSpan> committed, List<WordSpan> pending, int frames) {

    public Partial {
        committed = List.copyOf(committed);
        pending = List.copyOf(pending);
    }

    /**
     * Returns the text of all words, separated by single spaces, except words that are attached to the word before.
     */
    public String text() {
        return WordSpan.join(Stream.concat(committed.stream(), pending.stream()));
    }

    /** Returns the text of the words that will not change. */
    public String stableText() {
        return WordSpan.join(committed.stream());
    }
}
