package org.quantvoice.decode;

import org.jspecify.annotations.Nullable;

/**
 * A word and its time, in a transcript or in an event of a stream.
 *
 * @param text its spelling
 * @param start seconds from the start of the audio or of the stream
 * @param end seconds, not before {@code start}
 * @param confidence 0 to 1
 * @param attached true if it follows the word before without a space, as in Chinese
 * @param channel speaker or channel of the word, such as the number of the channel; null if channels were not
 *     separated
 */
public record Word(
        String text, double start, double end, double confidence, boolean attached, @Nullable String channel) {

    /** Makes a word whose channel is not known. */
    public Word(String text, double start, double end, double confidence, boolean attached) {
        this(text, start, end, confidence, attached, null);
    }

    /** Makes a word that stands between spaces. */
    public Word(String text, double start, double end, double confidence) {
        this(text, start, end, confidence, false);
    }
}
