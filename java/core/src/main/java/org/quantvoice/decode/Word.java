package org.quantvoice.decode;

import java.util.Objects;

/**
 * A word and where it was said. Frames are counted from the start of the stream; {@code 0 <= startFrame <= endFrame}.
 *
 * @param text the word
 * @param startFrame the first frame that emits the first token
 * @param endFrame one past the last frame that emits the last token; a delimiter and blanks do not count
 * @param confidence geometric mean of the model's probabilities over the frames that emit the word's tokens on the best
 *     path, 0 to 1
 */
public record Word(String text, int startFrame, int endFrame, double confidence) {

    public Word {
        Objects.requireNonNull(text, "text");
        if (startFrame < 0 || endFrame < startFrame) {
            throw new IllegalArgumentException("frames " + startFrame + " to " + endFrame + " of '" + text + "'");
        }
    }
}
