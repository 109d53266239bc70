package org.quantvoice.decode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.quantvoice.internal.beam.TokenLog;

/** The word that is being assembled. */
final class WordDraft {
    private final StringBuilder text = new StringBuilder();
    private int start = -1;
    private int end;
    private double logProb;
    private int frames;
    private boolean attached;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void add(String piece, boolean attachedPiece, TokenLog log, int i) {
        endBytes();
        begin(attachedPiece, log, i);
        text.append(piece);
    }

    /** Adds a byte of UTF-8; a character is known with its last byte. */
    void addByte(int value, boolean attachedPiece, TokenLog log, int i) {
        begin(attachedPiece, log, i);
        bytes.write(value);
    }

    private void begin(boolean attachedPiece, TokenLog log, int i) {
        if (start < 0) {
            start = log.start(i);
            attached = attachedPiece;
        }
        end = log.end(i);
        logProb += log.logProb(i);
        frames += log.end(i) - log.start(i);
    }

    /** Ends a run of bytes; bytes that are no UTF-8 become U+FFFD. */
    private void endBytes() {
        if (bytes.size() > 0) {
            text.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.reset();
        }
    }

    /** Ends the word if it has any text. */
    void finish(List<WordSpan> words) {
        endBytes();
        if (!text.isEmpty()) {
            words.add(new WordSpan(text.toString(), start, end, confidence(), attached));
        }
        clear();
    }

    /** Ends a word whose text differs from that of its tokens. */
    void finishAs(String word, boolean attachedWord, int fallbackFrame, List<WordSpan> words) {
        if (start < 0) {
            start = fallbackFrame;
            end = fallbackFrame;
        }
        words.add(new WordSpan(word, start, end, confidence(), attachedWord));
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
