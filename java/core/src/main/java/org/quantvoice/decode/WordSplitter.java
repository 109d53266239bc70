package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts tokens together to words: at the delimiter, at tokens that begin with {@code ▁}, or where a lexicon says so. A
 * vocabulary without any of these makes one word of all its tokens. Immutable.
 */
final class WordSplitter {
    static final char WORD_START = '\u2581';

    private final Vocabulary vocabulary;
    private final @Nullable LexiconTree lexicon;
    private final String[] text;
    private final int[] length;
    private final boolean[] opens;
    private final boolean[] closes;

    WordSplitter(Vocabulary vocabulary, @Nullable LexiconTree lexicon) {
        this.vocabulary = vocabulary;
        this.lexicon = lexicon;
        int size = vocabulary.size();
        text = new String[size];
        length = new int[size];
        opens = new boolean[size];
        closes = new boolean[size];
        for (int v = 0; v < size; v++) {
            String token = vocabulary.token(v);
            text[v] = token;
            if (vocabulary.isDelimiter(v)) {
                text[v] = "";
                opens[v] = true;
                closes[v] = true;
            } else if (vocabulary.wordPiece()) {
                splitPiece(v, token);
            }
            length[v] = text[v].codePointCount(0, text[v].length());
        }
    }

    /** Pieces such as {@code ▁⁇▁} are bounded on both sides. */
    private void splitPiece(int v, String token) {
        int from = 0;
        int to = token.length();
        if (!token.isEmpty() && token.charAt(0) == WORD_START) {
            opens[v] = true;
            from = 1;
        }
        if (to > from && token.charAt(to - 1) == WORD_START) {
            closes[v] = true;
            to--;
        }
        text[v] = token.substring(from, to);
    }

    /** The characters that a token adds to a word; empty for the delimiter. */
    String text(int token) {
        return text[token];
    }

    /** Code points of {@link #text}. */
    int length(int token) {
        return length[token];
    }

    /** True if a token ends the word before it. */
    boolean opens(int token) {
        return opens[token];
    }

    /** True if nothing can be added to the word after this token. */
    boolean closes(int token) {
        return closes[token];
    }

    /** True if the vocabulary marks words in some way. */
    boolean marksWords() {
        return lexicon != null || vocabulary.delimiter().isPresent() || vocabulary.wordPiece();
    }

    /** The words of a labelling; an unfinished word of a lexicon is left out. */
    List<Word> words(TokenLog log) {
        List<Word> words = new ArrayList<>();
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

    private void addToken(WordDraft draft, TokenLog log, int i, List<Word> words) {
        int token = log.token(i);
        if (opens[token]) {
            draft.finish(words);
        }
        if (!vocabulary.isDelimiter(token)) {
            draft.add(text[token], log, i);
        }
        if (closes[token]) {
            draft.finish(words);
        }
    }

    private void addSpelled(WordDraft draft, TokenLog log, int i, List<Word> words, LexiconTree spelled) {
        if (!vocabulary.isDelimiter(log.token(i))) {
            draft.add("", log, i);
        }
        if (log.label(i) != TokenLog.NO_LABEL) {
            draft.finishAs(spelled.word(log.label(i)), log.start(i), words);
        }
    }

    /** How many of the first entries make up whole words, that is, are followed by the opening of another word. */
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
