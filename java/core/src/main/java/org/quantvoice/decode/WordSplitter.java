package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.SpecialTokens;
import org.quantvoice.internal.beam.TokenLog;
import org.quantvoice.internal.text.Scripts;

/**
 * Joins tokens into words: at the delimiter, at tokens that begin with {@code ▁}, or where a lexicon ends a word.
 * Without a delimiter, tokens of scripts that put no space between words (Chinese, Japanese, Thai) are words of their
 * own, attached to the one before. A vocabulary without any of these makes one word of all its tokens. Signs such as
 * {@code <unk>} have no text. Immutable.
 */
final class WordSplitter {
    static final char WORD_START = '\u2581';

    private final Vocabulary vocabulary;
    private final @Nullable LexiconTree lexicon;
    private final String[] text;
    private final int[] length;
    private final boolean[] opens;
    private final boolean[] closes;
    private final boolean[] spaceBefore;
    private final boolean[] spaceAfter;
    private final int[] bytes;
    private boolean unspaced;
    private int mostWords = 1;

    WordSplitter(Vocabulary vocabulary, @Nullable LexiconTree lexicon) {
        this.vocabulary = vocabulary;
        this.lexicon = lexicon;
        int size = vocabulary.size();
        text = new String[size];
        length = new int[size];
        opens = new boolean[size];
        closes = new boolean[size];
        spaceBefore = new boolean[size];
        spaceAfter = new boolean[size];
        bytes = new int[size];
        for (int v = 0; v < size; v++) {
            String token = vocabulary.token(v);
            text[v] = SpecialTokens.isSign(token) ? "" : token;
            bytes[v] = SpecialTokens.byteOf(token);
            if (vocabulary.isDelimiter(v)) {
                text[v] = "";
                spaceBefore[v] = true;
                spaceAfter[v] = true;
            } else if (vocabulary.wordPiece()) {
                splitPiece(v, text[v]);
            }
            length[v] = text[v].codePointCount(0, text[v].length());
            mostWords = Math.max(mostWords, mostWords(text[v]));
            opens[v] = spaceBefore[v];
            closes[v] = spaceAfter[v];
            if (vocabulary.delimiter().isEmpty() && v != vocabulary.blank() && !text[v].isEmpty()) {
                splitScript(v);
            }
        }
    }

    /** Makes characters of scripts without spaces words. */
    private void splitScript(int v) {
        int first = text[v].codePointAt(0);
        int last = text[v].codePointBefore(text[v].length());
        opens[v] |= Scripts.unspaced(first) && !Scripts.continues(first);
        closes[v] |= Scripts.unspaced(last) && !Scripts.syllabic(last);
        unspaced |= opens[v] && !spaceBefore[v];
    }

    /** Sets the boundaries of a piece; pieces such as {@code ▁⁇▁} have one on both sides. */
    private void splitPiece(int v, String token) {
        int from = 0;
        int to = token.length();
        if (!token.isEmpty() && token.charAt(0) == WORD_START) {
            spaceBefore[v] = true;
            from = 1;
        }
        if (to > from && token.charAt(to - 1) == WORD_START) {
            spaceAfter[v] = true;
            to--;
        }
        text[v] = token.substring(from, to);
    }

    /** Returns the characters that a token adds to a word; empty for the delimiter. */
    String text(int token) {
        return text[token];
    }

    /** Returns the number of code points of {@link #text}. */
    int length(int token) {
        return length[token];
    }

    /** Returns whether a token ends the word before it. */
    boolean opens(int token) {
        return opens[token];
    }

    /** Returns whether nothing can be added to the word after this token. */
    boolean closes(int token) {
        return closes[token];
    }

    /**
     * Returns the largest number of words that a text can end or hold: one before it, and its characters of scripts
     * without spaces.
     */
    static int mostWords(String text) {
        return 1 + (int) text.codePoints().filter(Scripts::unspaced).count();
    }

    /** Returns the largest number of words that one token can end. */
    int mostWords() {
        return mostWords;
    }

    /** Returns whether a space stands before a token that begins a word. */
    boolean spaceBefore(int token) {
        return spaceBefore[token];
    }

    /** Returns whether a space stands after a token. */
    boolean spaceAfter(int token) {
        return spaceAfter[token];
    }

    /** Returns whether the vocabulary marks words in some way. */
    boolean marksWords() {
        return lexicon != null || vocabulary.delimiter().isPresent() || vocabulary.wordPiece() || unspaced;
    }

    /** Returns the words of a labelling; an unfinished word of a lexicon is left out. */
    List<WordSpan> words(TokenLog log) {
        List<WordSpan> words = new ArrayList<>();
        WordDraft draft = new WordDraft();
        for (int i = 0; i < log.size(); i++) {
            if (lexicon != null) {
                addSpelled(draft, log, i, words, lexicon);
            } else {
                addToken(draft, log, i, words);
            }
        }
        if (lexicon == null) {
            draft.finish(words);
        }
        return words;
    }

    private void addToken(WordDraft draft, TokenLog log, int i, List<WordSpan> words) {
        int token = log.token(i);
        if (opens[token]) {
            draft.finish(words);
        }
        if (bytes[token] != SpecialTokens.NO_BYTE) {
            draft.addByte(bytes[token], unspaced, log, i);
        } else if (!text[token].isEmpty()) {
            draft.add(text[token], unspaced && !spaceBefore[token], log, i);
        }
        if (closes[token]) {
            draft.finish(words);
        }
    }

    private void addSpelled(WordDraft draft, TokenLog log, int i, List<WordSpan> words, LexiconTree spelled) {
        if (!vocabulary.isDelimiter(log.token(i))) {
            draft.add("", false, log, i);
        }
        if (log.label(i) != TokenLog.NO_LABEL) {
            String word = spelled.word(log.label(i));
            // A lexicon does not say where spaces are, so the script decides.
            boolean attached = vocabulary.delimiter().isEmpty() && Scripts.unspaced(word.codePointAt(0));
            draft.finishAs(word, attached, log.start(i), words);
        }
    }

    /**
     * Returns how many of the first entries form complete words, that is, are followed by the beginning of another
     * word.
     */
    int closedTokens(TokenLog log) {
        if (!marksWords()) {
            return log.size();
        }
        for (int i = log.size() - 1; i >= 0; i--) {
            int token = log.token(i);
            if (lexicon != null ? log.label(i) != TokenLog.NO_LABEL : closes[token]) {
                return i + 1;
            }
            if (lexicon == null && opens[token]) {
                return i;
            }
        }
        return 0;
    }
}
