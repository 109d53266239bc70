package org.quantvoice.cli.terminal;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Progress;

/** Progress bars on standard error, one a step; for one thread. */
public final class TerminalProgress implements Progress {
    private static final int WIDTH = 80;
    private static final int MIN_WIDTH = 10;
    private static final int INTERVAL_MILLIS = 200;

    private @Nullable ProgressBar bar;
    private String step = "";

    private TerminalProgress() {}

    /** Bars if a person watches; nothing if the output goes to a file, a pipe or a test. */
    public static Progress create() {
        return System.console() == null ? Progress.none() : new TerminalProgress();
    }

    /** Characters that fit on a row of the terminal; 78 if it cannot be asked. */
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
