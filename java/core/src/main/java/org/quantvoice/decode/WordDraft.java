package org.quantvoice.decode;

import java.util.List;

/** The word that is being put together. */
final class WordDraft {
    private final StringBuilder text = new StringBuilder();
    private int start = -1;
    private int end;
    private double logProb;
    private int frames;

    void add(String piece, TokenLog log, int i) {
        if (start < 0) {
            start = log.start(i);
        }
        text.append(piece);
        end = log.end(i);
        logProb += log.logProb(i);
        frames += log.end(i) - log.start(i);
    }

    /** Ends the word if it has any text. */
    void finish(List<Word> words) {
        if (!text.isEmpty()) {
            words.add(new Word(text.toString(), start, end, confidence()));
        }
        clear();
    }

    /** Ends a word whose text is not that of its tokens. */
    void finishAs(String word, int fallbackFrame, List<Word> words) {
        if (start < 0) {
            start = fallbackFrame;
            end = fallbackFrame;
        }
        words.add(new Word(word, start, end, confidence()));
        clear();
    }

    private double confidence() {
        return frames == 0 ? 1 : Math.min(1, Math.exp(logProb / frames));
    }

    private void clear() {
        text.setLength(0);
        start = -1;
        logProb = 0;
        frames = 0;
    }
}
