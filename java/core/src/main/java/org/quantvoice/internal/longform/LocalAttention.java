package org.quantvoice.internal.longform;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;

/**
 * Self-attention in which a frame sees only frames near it, as in NeMo's models for long recordings and in
 * Longformer: time and memory grow with the length and not with its square. Numbers are frames of the encoder.
 *
 * @param before frames to the left that a frame sees, 0 or more
 * @param after frames to the right, 0 or more
 * @param global number of frames at the beginning that all frames see and that see all frames, 0 or more
 */
public record LocalAttention(int before, int after, int global) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9}),([0-9]{1,9})(?:,([0-9]{1,9}))?");

    public LocalAttention {
        if (before < 0 || after < 0 || global < 0) {
            throw new IllegalArgumentException("got a window of " + before + " and " + after + " frames and " + global
                    + " global ones; expected 0 or more");
        }
    }

    /** Makes local attention without global frames. */
    public LocalAttention(int before, int after) {
        this(before, after, 0);
    }

    /**
     * Reads {@code BEFORE,AFTER} or {@code BEFORE,AFTER,GLOBAL}.
     *
     * @throws ModelFormatException if it is something else
     */
    public static LocalAttention parse(String text) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new ModelFormatException(
                    "local attention '" + text + "'",
                    "BEFORE,AFTER or BEFORE,AFTER,GLOBAL in frames, such as 128,128",
                    "correct it");
        }
        int global = match.group(3) == null ? 0 : Integer.parseInt(match.group(3));
        return new LocalAttention(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), global);
    }

    /** Returns the text that {@link #parse} reads. */
    @Override
    public String toString() {
        return before + "," + after + (global == 0 ? "" : "," + global);
    }
}
