package org.quantvoice.cli;

import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.terminal.TerminalRow;

/** Shows the progress of a recording on the last row of a terminal: position, real-time factor, time left. */
final class RecordingProgress {
    private static final long INTERVAL_NANOS = 200_000_000;

    private final @Nullable TerminalRow row;
    private final double begin;
    private final OptionalDouble end;
    private final long start = System.nanoTime();
    private long shown;

    /**
     * @param row the row to write to; null if nobody watches
     * @param begin the second of the recording at which this run begins
     * @param end the second at which it ends, if that is known
     */
    RecordingProgress(@Nullable TerminalRow row, double begin, OptionalDouble end) {
        this.row = row;
        this.begin = begin;
        this.end = end;
    }

    void position(double seconds) {
        long now = System.nanoTime();
        if (row != null && now - shown >= INTERVAL_NANOS) {
            shown = now;
            row.show(text(seconds, (now - start) / 1e9));
        }
    }

    /** @param taken seconds since the start of the run */
    String text(double position, double taken) {
        double rtf = taken / Math.max(1e-3, position - begin);
        String of = end.isPresent() ? " of " + RecordingArguments.clock(end.getAsDouble()) : "";
        String left = end.isPresent()
                ? ", " + RecordingArguments.clock(rtf * Math.max(0, end.getAsDouble() - position)) + " left"
                : "";
        return String.format(Locale.ROOT, "%s%s, RTF %.4f%s", RecordingArguments.clock(position), of, rtf, left);
    }

    /** Clears the row for other output. */
    void clear() {
        if (row != null) {
            row.show("");
        }
    }
}
