package org.quantvoice.internal.text;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.util.Set;

/**
 * Classifies code points by the way they are written: with or without spaces between words, on one column of a screen
 * or on two.
 */
public final class Scripts {
    private static final Set<UnicodeScript> UNSPACED = Set.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.YI,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);
    private static final Set<UnicodeBlock> UNSPACED_SIGNS =
            Set.of(UnicodeBlock.CJK_SYMBOLS_AND_PUNCTUATION, UnicodeBlock.KATAKANA, UnicodeBlock.HIRAGANA);
    /** Scripts in which a syllable is written with signs around a consonant. */
    private static final Set<UnicodeScript> SYLLABIC =
            Set.of(UnicodeScript.THAI, UnicodeScript.LAO, UnicodeScript.KHMER, UnicodeScript.MYANMAR);

    /** First and last code points of two columns: W and F of Unicode's annex 11, version 15. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3041, 0x33FF},
        {0x3400, 0x4DBF},
        {0x4E00, 0xA4CF},
        {0xA960, 0xA97F},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF01, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF},
        {0x1F900, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private Scripts() {}

    /**
     * Returns whether a code point is a letter or sign of a script without spaces between words, such as Chinese,
     * Japanese or Thai.
     */
    public static boolean unspaced(int codePoint) {
        UnicodeBlock block = UnicodeBlock.of(codePoint);
        return UNSPACED.contains(UnicodeScript.of(codePoint))
                || (block != null && UNSPACED_SIGNS.contains(block))
                || (codePoint >= 0xFF01 && codePoint <= 0xFF65 && !Character.isLetterOrDigit(codePoint));
    }

    /** Returns whether a code point is Thai, Lao, Khmer or Burmese, whose syllables are several code points. */
    public static boolean syllabic(int codePoint) {
        return SYLLABIC.contains(UnicodeScript.of(codePoint));
    }

    /**
     * Returns whether a code point cannot stand without the one before it: marks, and vowels written after their
     * consonant.
     */
    public static boolean continues(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || codePoint == 0x200D
                || (codePoint >= 0x0E30 && codePoint <= 0x0E33)
                || (codePoint >= 0x0E45 && codePoint <= 0x0E46)
                || (codePoint >= 0x0EB0 && codePoint <= 0x0EB3)
                || codePoint == 0x0EC6;
    }

    /**
     * Returns whether a code point is a vowel of Thai or Lao that is written before the consonant after which it is
     * spoken.
     */
    public static boolean leads(int codePoint) {
        return (codePoint >= 0x0E40 && codePoint <= 0x0E44) || (codePoint >= 0x0EC0 && codePoint <= 0x0EC4);
    }

    /**
     * Returns the number of columns that a text takes on a screen of fixed pitch: 2 for wide characters, 0 for marks,
     * 1 for others.
     */
    public static int width(CharSequence text) {
        return text.codePoints().map(Scripts::width).sum();
    }

    /** Returns the number of columns of one code point, 0 to 2. */
    public static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int[] range : WIDE) {
            if (codePoint >= range[0] && codePoint <= range[1]) {
                return 2;
            }
        }
        return 1;
    }
}
