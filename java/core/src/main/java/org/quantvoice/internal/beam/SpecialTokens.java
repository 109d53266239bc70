package org.quantvoice.internal.beam;

import java.util.Locale;
import java.util.Set;

/** Recognises tokens that do not stand for their letters: signs of a tokenizer, and single bytes of UTF-8. */
public final class SpecialTokens {
    public static final int NO_BYTE = -1;

    private static final Set<String> NAMES = Set.of(
            "s", "/s", "unk", "pad", "blank", "blk", "sos", "eos", "bos", "sos/eos", "mask", "cls", "sep", "epsilon",
            "eps");

    private SpecialTokens() {}

    /**
     * Returns whether a token is a sign such as {@code <s>}, {@code <unk>}, {@code [PAD]} or {@code <|endoftext|>},
     * which nobody speaks.
     */
    public static boolean isSign(String token) {
        int last = token.length() - 1;
        if (last < 2) {
            return false;
        }
        boolean angles = token.charAt(0) == '<' && token.charAt(last) == '>';
        boolean brackets = token.charAt(0) == '[' && token.charAt(last) == ']';
        String name = token.substring(1, last).toLowerCase(Locale.ROOT);
        boolean barred = angles && name.length() > 2 && name.startsWith("|") && name.endsWith("|");
        return barred || ((angles || brackets) && NAMES.contains(name));
    }

    /** Returns the byte that a token such as {@code <0xE4>} stands for, 0 to 255, or {@link #NO_BYTE}. */
    public static int byteOf(String token) {
        if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
            return NO_BYTE;
        }
        int high = Character.digit(token.charAt(3), 16);
        int low = Character.digit(token.charAt(4), 16);
        return high < 0 || low < 0 ? NO_BYTE : 16 * high + low;
    }
}
