package org.quantvoice.decode;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a stream has understood so far.
 *
 * @param committed words that no later frame can change, without those already taken
 * @param pending the rest of the best hypothesis; may change
 * @param frames frames read so far
 */
public record Partial(List<Word> committed, List<Word> pending, int frames) {

    public Partial {
        committed = List.copyOf(committed);
        pending = List.copyOf(pending);
    }

    /** All words, separated by single spaces. */
    public String text() {
        return Stream.concat(committed.stream(), pending.stream())
                .map(Word::text)
                .collect(Collectors.joining(" "));
    }

    /** The words that stay. */
    public String stableText() {
        return committed.stream().map(Word::text).collect(Collectors.joining(" "));
    }
}
