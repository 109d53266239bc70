package org.quantvoice.lm;

import java.nio.file.Path;

/**
 * A back-off n-gram model over words (or over characters, if its words are characters). Immutable and safe for any number
 * of threads; what changes along a text is in a {@link LmState}, which the caller owns.
 *
 * <p>Scores are log10 as in the ARPA format: {@code log10 p(word | state)}.
 */
public interface LanguageModel extends AutoCloseable {

    /**
     * Opens an n-gram model of order 1 to 6: ARPA text, plain or packed by gzip, which is read into memory, or a KenLM binary
     * file (probing, or trie with or without quantization and compressed pointers). The first bytes decide, not the name; a pipe
     * serves as well as a file. A binary file whose n-grams take up to 256 MiB, and an eighth of the heap, is unpacked into
     * memory, where queries are up to twice as fast; a larger one is mapped; see {@link #open(Path, long)}. A mapped file must
     * stay as it is: if another process cuts it short, the next text fails with a {@link org.quantvoice.error.ModelFormatException}.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file cannot be read or is damaged; the message says where (line or byte)
     */
    static LanguageModel open(Path file) {
        return LanguageModelFile.open(file);
    }

    /**
     * Opens a model with a limit of memory.
     *
     * @param tableBytes how much memory the n-grams of a binary file may take (48 bytes each) to be unpacked; 0
     *     leaves every binary file mapped: it opens at once, shares its pages with other processes, and costs no heap
     *     but the spellings. ARPA text always goes to memory
     * @throws org.quantvoice.error.ModelFormatException as {@link #open(Path)}
     */
    static LanguageModel open(Path file, long tableBytes) {
        return LanguageModelFile.open(file, tableBytes);
    }

    /** The id of the unknown word. */
    int UNKNOWN = 0;

    /** Returns the length of the longest n-gram, 1 to 6. */
    int order();

    /** Returns the number of different words, including the unknown word; ids are 0 to {@code size() - 1}. */
    int size();

    /** Returns the id of a word; {@link #UNKNOWN} if the model lacks it. */
    int wordId(CharSequence word);

    /**
     * The spelling of an id.
     *
     * @throws org.quantvoice.error.ModelFormatException if there is no such id, or if the file holds no spellings
     */
    String word(int id);

    /** Returns whether {@link #word} works: a KenLM binary file may have been built without its words. */
    boolean hasSpellings();

    /** Returns the id of {@code <s>}; {@link #endOfSentence} is that of {@code </s>}. */
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
     * @throws org.quantvoice.error.ModelFormatException if there is no such id, or if the file proves damaged here
     */
    float score(LmState in, int word, LmState out);

    /**
     * Releases tables and mapped files (the garbage collector frees the memory later, so that a thread that still
     * scores cannot crash); using the model afterwards throws {@link IllegalStateException}.
     */
    @Override
    void close();
}
