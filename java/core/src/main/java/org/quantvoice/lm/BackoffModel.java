package org.quantvoice.lm;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;

/**
 * A model with Katz back-off over any {@link NgramSearch}: {@code log10 p(w | h) = log10 p(w | h') + sum of the
 * back-offs of the contexts longer than h'}, where h' is the longest suffix of h such that h'w is a known n-gram (S.
 * Katz, 1987). The content of states and their shortening follow K. Heafield, "KenLM: Faster and Smaller Language
 * Model Queries", 2011, section 4.
 */
final class BackoffModel implements LanguageModel {
    private final String name;
    /** The file that holds the tables, if another process can change it; else null. */
    private final @Nullable MappedFile mapped;

    private final int order;
    private final int size;
    private final int begin;
    private final int end;
    private final float beginBackoff;
    private @Nullable NgramSearch search;
    private @Nullable WordIndex index;
    private @Nullable Spellings spellings;

    /** @param spellings null if the file has none */
    BackoffModel(MappedFile file, NgramSearch search, WordIndex index, @Nullable Spellings spellings) {
        this(file.name(), file.isMapped() ? file : null, search, index, spellings);
    }

    /** Makes a model that was read into memory. */
    BackoffModel(String name, NgramSearch search, WordIndex index, @Nullable Spellings spellings) {
        this(name, null, search, index, spellings);
    }

    private BackoffModel(
            String name,
            @Nullable MappedFile mapped,
            NgramSearch search,
            WordIndex index,
            @Nullable Spellings spellings) {
        this.name = name;
        this.mapped = mapped;
        this.search = search;
        this.index = index;
        this.spellings = spellings;
        order = search.order();
        size = index.size();
        begin = index.find(WordHash.of("<s>"));
        end = index.find(WordHash.of("</s>"));
        beginBackoff = search.unigramBackoff(begin);
    }

    @Override
    public int order() {
        return order;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int wordId(CharSequence word) {
        WordIndex words = index;
        if (words == null) {
            throw closed();
        }
        try {
            return words.find(WordHash.of(word));
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    @Override
    public String word(int id) {
        if (search == null) {
            throw closed();
        }
        checkWord(id);
        Spellings words = spellings;
        if (words == null) {
            throw new ModelFormatException(
                    "a language model without spellings: " + name,
                    "the words at the end of the file",
                    "build the binary file with its vocabulary, or pass the ARPA file");
        }
        return words.get(id);
    }

    @Override
    public boolean hasSpellings() {
        return spellings != null;
    }

    @Override
    public int beginOfSentence() {
        return begin;
    }

    @Override
    public int endOfSentence() {
        return end;
    }

    @Override
    public void beginState(LmState out) {
        requireWhole();
        out.words[0] = begin;
        out.backoff[0] = beginBackoff;
        out.length = Math.min(1, order - 1);
        out.matched = 0;
    }

    @Override
    public void emptyState(LmState out) {
        requireWhole();
        out.length = 0;
        out.matched = 0;
    }

    @Override
    public float score(LmState in, int word, LmState out) {
        NgramSearch ngrams = search;
        if (ngrams == null) {
            throw closed();
        }
        checkWord(word);
        if (in == out) {
            throw new IllegalArgumentException("score needs two states: the one given as in would be overwritten");
        }
        float total = match(ngrams, in, word, out);
        for (int i = out.matched - 1; i < in.length; i++) {
            total += in.backoff[i];
        }
        // One comparison refuses NaN and +infinity: neither can come from a sound file.
        if (!(total < Float.POSITIVE_INFINITY)) {
            throw damaged(word, total);
        }
        return total;
    }

    private float match(NgramSearch ngrams, LmState in, int word, LmState out) {
        try {
            return ngrams.match(in, word, out);
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    /** Checks that the mapped file is complete. It is called when a text begins, where the cost does not matter. */
    private void requireWhole() {
        if (mapped != null && search != null) {
            mapped.requireWhole();
        }
    }

    /**
     * Returns the exception for a mapped file that was cut short, for which the JVM throws an InternalError; any
     * other error is rethrown.
     */
    private ModelFormatException lost(InternalError e) {
        if (mapped == null) {
            throw e;
        }
        return mapped.shortened(e);
    }

    @Override
    public void close() {
        search = null;
        index = null;
        spellings = null;
        if (mapped != null) {
            mapped.close();
        }
    }

    @Override
    public String toString() {
        return name + ": " + order + "-gram model of " + size + " words";
    }

    private void checkWord(int id) {
        if (id < 0 || id >= size) {
            throw new ModelFormatException(
                    "word id " + id, "0 to " + (size - 1), "take ids from wordId() of the same model");
        }
    }

    private ModelFormatException damaged(int word, float score) {
        return new ModelFormatException(
                "the score " + score + " for word " + word + " of " + name,
                "a log10 probability",
                "the file is damaged: build or copy it again");
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the language model " + name + " is closed");
    }
}
