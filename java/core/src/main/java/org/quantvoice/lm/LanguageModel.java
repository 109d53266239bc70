package org.quantvoice.lm;

/**
 * A back-off n-gram model over words (or over characters, if its words are characters). Immutable and safe for any number
 * of threads; what changes along a text is in a {@link LmState}, which the caller owns.
 *
 * <p>Scores are log10 as in the ARPA format: {@code log10 p(word | state)}.
 */
public interface LanguageModel extends AutoCloseable {

    /** The id of the unknown word. */
    int UNKNOWN = 0;

    /** Length of the longest n-gram, 1 to 6. */
    int order();

    /** Number of different words, the unknown word among them; ids are 0 to {@code size() - 1}. */
    int size();

    /** The id of a word, {@link #UNKNOWN} if the model lacks it. */
    int wordId(CharSequence word);

    /**
     * The spelling of an id.
     *
     * @throws org.quantvoice.error.LanguageModelException if there is no such id, or if the file holds no spellings
     */
    String word(int id);

    /** Whether {@link #word} works: a KenLM binary file may have been built without its words. */
    boolean hasSpellings();

    /** The ids of {@code <s>} and {@code </s>}. */
    int beginOfSentence();

    int endOfSentence();

    /** Makes {@code out} the context after {@code <s>}. */
    void beginState(LmState out);

    /** Makes {@code out} the empty context. */
    void emptyState(LmState out);

    /**
     * Scores a word and moves on.
     *
     * @param in the context; not changed
     * @param word an id of this model
     * @param out becomes the context after the word; must be another object than {@code in}
     * @return log10 of the probability; -infinity only where the file says so, never NaN
     * @throws org.quantvoice.error.LanguageModelException if there is no such id, or if the file proves damaged here
     */
    float score(LmState in, int word, LmState out);

    /**
     * Lets go of tables and mapped files (the memory returns with the next garbage collection, so that a thread that still
     * scores cannot crash); using the model afterwards throws {@link IllegalStateException}.
     */
    @Override
    void close();
}
