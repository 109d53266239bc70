package org.quantvoice.cli.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/**
 * Replaces control characters by visible ones, because names of files may hold sequences that move the cursor of a
 * terminal, colour it, or write its title. Line ends, tabs, and the characters with which {@link TerminalRow} clears a
 * row pass.
 */
public final class TerminalWriter extends FilterWriter {
    public TerminalWriter(Writer terminal) {
        super(terminal);
    }

    @Override
    public void write(int c) throws IOException {
        write(String.valueOf((char) c), 0, 1);
    }

    @Override
    public void write(char[] text, int from, int count) throws IOException {
        write(new String(text, from, count), 0, count);
    }

    @Override
    public void write(String text, int from, int count) throws IOException {
        String part = text.substring(from, from + count);
        StringBuilder shown = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (part.startsWith(TerminalRow.CLEAR, i)) {
                shown.append(TerminalRow.CLEAR);
                i += TerminalRow.CLEAR.length() - 1;
            } else if (c == '\n' || c == '\t' || (c == '\r' && part.startsWith("\r\n", i)) || !isControl(c)) {
                shown.append(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        out.write(shown.toString());
    }

    /** Returns whether a character is a control character or one that changes the direction of the text after it. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    }
}
