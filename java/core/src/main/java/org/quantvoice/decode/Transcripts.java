package org.quantvoice.decode;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.decode.Hypothesis.TokenSpan;
import org.quantvoice.internal.beam.TokenLog;

/** Makes results of token logs. */
final class Transcripts {
    private final WordSplitter splitter;

    Transcripts(WordSplitter splitter) {
        this.splitter = splitter;
    }

    Hypothesis hypothesis(TokenLog log, double acoustic, double language, double hotwords) {
        List<TokenSpan> tokens = new ArrayList<>(log.size());
        for (int i = 0; i < log.size(); i++) {
            tokens.add(new TokenSpan(log.token(i), log.start(i), log.end(i), log.logProb(i)));
        }
        List<WordSpan> words = splitter.words(log);
        String text = WordSpan.join(words.stream());
        return new Hypothesis(text, words, acoustic + language + hotwords, acoustic, language, hotwords, tokens);
    }

    /** Splits the recognised text into words that are final and words that may change. */
    Partial partial(TokenLog committed, TokenLog pending, int frames) {
        TokenLog closed = firstOf(committed, splitter.closedTokens(committed));
        TokenLog open = new TokenLog();
        open.addAll(committed);
        open.removeFirst(closed.size());
        open.addAll(pending);
        return new Partial(splitter.words(closed), splitter.words(open), frames);
    }

    /** Removes the closed words from a log and returns them. */
    List<WordSpan> take(TokenLog committed) {
        int closed = splitter.closedTokens(committed);
        List<WordSpan> words = splitter.words(firstOf(committed, closed));
        committed.removeFirst(closed);
        return words;
    }

    private static TokenLog firstOf(TokenLog log, int count) {
        TokenLog first = new TokenLog();
        for (int i = 0; i < count; i++) {
            first.add(log.token(i), log.label(i), log.start(i), log.end(i), log.logProb(i));
        }
        return first;
    }
}
