package org.quantvoice.internal.text;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Words put together to a text: by single spaces, but for those that are attached to the word before. */
public final class WordText {
    private WordText() {}

    /** The text of words in order; whether the first one is attached does not count. */
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
