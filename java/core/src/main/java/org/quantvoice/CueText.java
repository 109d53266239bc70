package org.quantvoice;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.text.LineBreaks;
import org.quantvoice.internal.text.Scripts;
import org.quantvoice.internal.text.WordText;

/**
 * Divides the words of a transcript into pieces that neither a line nor a cue divides: words between spaces stay
 * whole, and scripts without spaces are cut where {@link LineBreaks} allows it, inside long words too.
 */
final class CueText {
    private CueText() {}

    /**
     * A piece of text that stays together.
     *
     * @param text one or more characters
     * @param start seconds; a piece inside a word gets a share of the word's time by its number of code points
     * @param end seconds
     * @param attached true if it follows the piece before without a space
     */
    record Piece(String text, double start, double end, boolean attached) {}

    /** Returns the pieces of words in order; empty if there are no words. */
    static List<Piece> pieces(List<Word> words) {
        String text = join(words);
        BitSet places = LineBreaks.of(text);
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        for (int w = 0; w < words.size(); w++) {
            Word word = words.get(w);
            boolean spaced = w > 0 && !word.attached();
            at += spaced ? 1 : 0;
            boolean bound = w > 0 && !spaced && !places.get(at);
            cut(word, places, at, bound, pieces);
            at += word.text().length();
        }
        return pieces;
    }

    private static String join(List<Word> words) {
        return WordText.join(words.stream(), Word::text, Word::attached);
    }

    /** Returns the text of pieces in order, as it is shown. */
    static String text(List<Piece> pieces) {
        return WordText.join(pieces.stream(), Piece::text, Piece::attached);
    }

    /** Returns the number of columns of a line of pieces: a wide character takes two. */
    static int width(List<Piece> pieces) {
        return Scripts.width(text(pieces));
    }

    /**
     * Adds the pieces of one word.
     *
     * @param from index at which the word begins in the text of the places
     * @param bound true if its beginning belongs to the piece before
     */
    private static void cut(Word word, BitSet places, int from, boolean bound, List<Piece> pieces) {
        String text = word.text();
        int begin = 0;
        for (int at = 1; at <= text.length(); at++) {
            if (at == text.length() || (places.get(from + at) && isUnspaced(text, at))) {
                Piece piece = new Piece(
                        text.substring(begin, at), time(word, begin), time(word, at), begin > 0 || word.attached());
                if (begin == 0 && bound) {
                    Piece last = pieces.remove(pieces.size() - 1);
                    pieces.add(new Piece(last.text() + piece.text(), last.start(), piece.end(), last.attached()));
                } else {
                    pieces.add(piece);
                }
                begin = at;
            }
        }
    }

    private static boolean isUnspaced(String text, int at) {
        return Scripts.unspaced(text.codePointBefore(at)) || Scripts.unspaced(text.codePointAt(at));
    }

    private static double time(Word word, int at) {
        String text = word.text();
        double share = (double) text.codePointCount(0, at) / text.codePointCount(0, text.length());
        return word.start() + share * (word.end() - word.start());
    }
}
