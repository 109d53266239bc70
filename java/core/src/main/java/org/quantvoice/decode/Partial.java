package org.quantvoice.decode;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a stream has understood so far.
 *
 * @param committed words that no later frame can change, without those already taken
 * @param pending the rest of the best hypothesis; may change
 * @param frames frames read so far
 */
public record Partial(List<WordSpan> committed, List<WordSpan> pending, int frames) {

    public Partial {
        committed = List.copyOf(committed);
        pending = List.copyOf(pending);
    }

    /** All words, separated by single spaces, but for those that are attached to the word before. */
    public String text() {
        return WordSpan.join(Stream.concat(committed.stream(), pending.stream()));
    }

    /** The words that stay. */
    public String stableText() {
        return WordSpan.join(committed.stream());
    }
}
