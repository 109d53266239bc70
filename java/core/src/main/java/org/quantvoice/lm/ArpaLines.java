package org.quantvoice.lm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.quantvoice.error.ModelFormatException;

/**
 * Reads the lines of a text file as bytes and splits them into words at blanks, tabs, NUL and carriage returns. It
 * reads block by block; no line may be longer than 1 MiB.
 */
final class ArpaLines {
    private static final int BLOCK = 1 << 16;
    private static final int MAX_LINE = 1 << 20;
    /**
     * Largest number of words that are split: probability, six words, back-off, and one more that shows that there
     * are too many.
     */
    private static final int MAX_TOKENS = 9;

    private final String name;
    private final InputStream in;
    private byte[] buffer = new byte[BLOCK];
    private int filled;
    private int next;
    private boolean ended;
    private long number;

    private int from;
    private int to;
    private final int[] tokenFrom = new int[MAX_TOKENS];
    private final int[] tokenTo = new int[MAX_TOKENS];

    ArpaLines(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    /** Moves to the next line; returns false at the end of the file. */
    boolean advance() throws IOException {
        int end = next;
        while (true) {
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            if (end < filled || ended) {
                break;
            }
            int scanned = end - next;
            fill();
            end = next + scanned;
        }
        if (next == filled && ended) {
            return false;
        }
        number++;
        from = next;
        to = end;
        next = Math.min(end + 1, filled);
        return true;
    }

    private void fill() throws IOException {
        int kept = filled - next;
        if (kept > MAX_LINE) {
            number++;
            throw error("a line of more than " + MAX_LINE + " bytes", "an n-gram a line");
        }
        byte[] target = kept + BLOCK > buffer.length ? Arrays.copyOf(buffer, 2 * buffer.length) : buffer;
        System.arraycopy(buffer, next, target, 0, kept);
        buffer = target;
        next = 0;
        filled = kept;
        int got = in.read(buffer, filled, buffer.length - filled);
        ended = got < 0;
        filled += Math.max(got, 0);
    }

    /** Reads the rest of the file, so that a gzip file's checksum is checked. */
    void drain() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** Splits the line into words and returns their number, at most {@value #MAX_TOKENS}. */
    int split() {
        int count = 0;
        int i = from;
        while (count < MAX_TOKENS) {
            while (i < to && isBlank(buffer[i])) {
                i++;
            }
            if (i == to) {
                break;
            }
            tokenFrom[count] = i;
            while (i < to && !isBlank(buffer[i])) {
                i++;
            }
            tokenTo[count++] = i;
        }
        return count;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == 0;
    }

    byte[] bytes() {
        return buffer;
    }

    int tokenFrom(int token) {
        return tokenFrom[token];
    }

    int tokenTo(int token) {
        return tokenTo[token];
    }

    String token(int token) {
        return new String(buffer, tokenFrom[token], tokenTo[token] - tokenFrom[token], StandardCharsets.UTF_8);
    }

    /** Returns the line without leading and trailing blanks. */
    String text() {
        return new String(buffer, from, to - from, StandardCharsets.UTF_8).trim();
    }

    ModelFormatException error(String got, String expected) {
        return error(got, expected, "correct the file or export it again");
    }

    ModelFormatException error(String got, String expected, String cure) {
        return new ModelFormatException(got + " in line " + number + " of " + name, expected, cure);
    }

    /** Returns the line for an error message. */
    String shown() {
        String text = text();
        return '"' + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + '"';
    }
}
