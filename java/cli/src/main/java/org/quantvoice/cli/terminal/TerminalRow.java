package org.quantvoice.cli.terminal;

import java.io.PrintWriter;
import org.quantvoice.internal.text.Scripts;

/**
 * The last row of a terminal, written over and over. A text that is too wide for one row loses its beginning, since
 * only one row can be cleared.
 */
public final class TerminalRow {
    static final String CLEAR = "\r\u001b[K";
    private static final String CUT = "\u2026";

    private final PrintWriter screen;
    private final int columns;

    /** @param columns columns of a row, 2 or more; wide characters take two */
    public TerminalRow(PrintWriter screen, int columns) {
        this.screen = screen;
        this.columns = columns;
    }

    /** Shows a text in place of the one before. */
    public void show(String text) {
        print(fitting(text));
    }

    /** Shows a whole text, on as many rows as it takes, and begins a new row. */
    public void keep(String text) {
        print(text + "\n");
    }

    private void print(String text) {
        screen.print(CLEAR + text);
        screen.flush();
    }

    private String fitting(String text) {
        int left = Scripts.width(text);
        if (left <= columns) {
            return text;
        }
        int from = 0;
        while (left > columns - 1) {
            int first = text.codePointAt(from);
            left -= Scripts.width(first);
            from += Character.charCount(first);
        }
        return CUT + text.substring(from);
    }
}
