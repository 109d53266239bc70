package org.quantvoice.cli.terminal;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Progress;

/** Shows progress bars on standard error, one per step. An object is for one thread. */
public final class TerminalProgress implements Progress {
    private static final int WIDTH = 80;
    private static final int MIN_WIDTH = 10;
    private static final int INTERVAL_MILLIS = 200;

    private @Nullable ProgressBar bar;
    private String step = "";

    private TerminalProgress() {}

    /** Returns progress bars if standard error is a terminal, and otherwise a listener that shows nothing. */
    public static Progress create() {
        return System.console() == null ? Progress.none() : new TerminalProgress();
    }

    /** Returns the number of characters that fit on a row of the terminal, or 78 if that is unknown. */
    public static int columns() {
        return Math.max(MIN_WIDTH, new ConsoleProgressBarConsumer(System.err).getMaxRenderedLength());
    }

    @Override
    public void report(String name, long done, long total) {
        if (bar == null || !step.equals(name)) {
            close();
            step = name;
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(total)
                    .setUpdateIntervalMillis(INTERVAL_MILLIS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                    .build();
        }
        bar.stepTo(done);
        if (done >= total) {
            close();
        }
    }

    private void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
