package org.quantvoice.decode;

import java.util.Objects;
import java.util.stream.Stream;
import org.quantvoice.internal.text.WordText;

/**
 * A word and its frames. Frames are counted from the start of the stream; {@code 0 <= startFrame <= endFrame}.
 *
 * @param text the word
 * @param startFrame the first frame that emits the first token
 * @param endFrame one past the last frame that emits the last token; a delimiter and blanks do not count
 * @param confidence geometric mean of the model's probabilities over the frames that emit the word's tokens on the
 *     best path, 0 to 1
 * @param attached true if it follows the word before without a space, as in Chinese
 */
public record WordSpan(String text, int startFrame, int endFrame, double confidence, boolean attached) {

    public WordSpan {
        Objects.requireNonNull(text, "text");
        if (startFrame < 0 || endFrame < startFrame) {
            throw new IllegalArgumentException("frames " + startFrame + " to " + endFrame + " of '" + text + "'");
        }
    }

    /** Makes a word that stands between spaces. */
    public WordSpan(String text, int startFrame, int endFrame, double confidence) {
        this(text, startFrame, endFrame, confidence, false);
    }

    /** Returns the text of words, with single spaces before all but the first and attached ones. */
    static String join(Stream<WordSpan> words) {
        return WordText.join(words, WordSpan::text, WordSpan::attached);
    }
}
