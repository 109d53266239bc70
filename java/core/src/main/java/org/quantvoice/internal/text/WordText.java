package org.quantvoice.internal.text;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Joins words to a text, with single spaces before all but the first and attached ones. */
public final class WordText {
    private WordText() {}

    /** Returns the text of words in order; it does not matter whether the first one is attached. */
    public static <W> String join(Stream<W> words, Function<W, String> text, Predicate<W> attached) {
        StringBuilder all = new StringBuilder();
        words.forEachOrdered(word -> {
            if (!all.isEmpty() && !attached.test(word)) {
                all.append(' ');
            }
            all.append(text.apply(word));
        });
        return all.toString();
    }
}
