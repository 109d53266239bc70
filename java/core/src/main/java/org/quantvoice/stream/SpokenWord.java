package org.quantvoice.stream;

/**
 * A word and when it was said.
 *
 * @param text its spelling
 * @param start seconds from the start of the stream
 * @param end seconds, not before {@code start}
 * @param confidence 0 to 1
 * @param attached true if it follows the word before without a space, as in Chinese
 */
public record SpokenWord(String text, double start, double end, double confidence, boolean attached) {

    /** A word between spaces. */
    public SpokenWord(String text, double start, double end, double confidence) {
        this(text, start, end, confidence, false);
    }
}
