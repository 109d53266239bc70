package org.quantvoice.internal.text;

import java.text.BreakIterator;
import java.util.BitSet;
import java.util.Locale;

/**
 * Finds where a line may end: at spaces, and between characters of scripts without spaces, but not before a closing
 * sign or a small kana, nor inside a syllable. It has no dictionary: words of these scripts may be broken, but
 * characters never.
 */
public final class LineBreaks {
    /** Small kana and signs of repetition, which do not begin a line (JIS X 4051). */
    private static final String NEVER_FIRST = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶーゝゞヽヾ々〻・、。，．：；？！）」』】〕〉》〟";
    /** Opening signs, which do not end a line. */
    private static final String NEVER_LAST = "（「『【〔〈《〝";

    private LineBreaks() {}

    /** Returns the indices in a text, in chars, at which a line may begin; neither 0 nor the end. */
    public static BitSet of(String text) {
        BitSet places = new BitSet(text.length());
        BreakIterator lines = BreakIterator.getLineInstance(Locale.ROOT);
        lines.setText(text);
        for (int at = lines.first(); at != BreakIterator.DONE; at = lines.next()) {
            if (at > 0 && at < text.length()) {
                places.set(at);
            }
        }
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            if (at > 0) {
                places.set(at, mayBreak(places.get(at), text.codePointBefore(at), text.codePointAt(at)));
            }
        }
        return places;
    }

    /**
     * Returns whether a line may break between two code points; it corrects the JDK's rules, which lack a dictionary
     * and kana.
     */
    private static boolean mayBreak(boolean byRule, int before, int after) {
        boolean insideSyllables = Scripts.syllabic(before) && Scripts.syllabic(after);
        boolean bound = Scripts.continues(after) || Scripts.leads(before);
        boolean forbidden = NEVER_FIRST.indexOf(after) >= 0 || NEVER_LAST.indexOf(before) >= 0;
        return (byRule || insideSyllables) && !bound && !forbidden;
    }
}
