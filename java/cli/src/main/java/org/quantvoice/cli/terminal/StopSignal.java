package org.quantvoice.cli.terminal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.quantvoice.engine.Progress;

/**
 * Ctrl-C (and SIGTERM) as an exception in a long command, so that it ends between two steps: files half written are
 * removed, and what was found so far is kept. The process ends when the command has closed this and said why.
 */
public final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    /** These latches belong to commands that were stopped and have yet to say so. */
    private static final Set<CountDownLatch> STOPPED = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop");

    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        asked.set(true);
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("error: the command did not stop within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the command is to end, for what can end early with a result. */
    public boolean asked() {
        return asked.get();
    }

    /**
     * Ends the command here if that was asked.
     *
     * @throws StoppedException then
     */
    public void check(String where) {
        if (asked.get()) {
            throw new StoppedException(where);
        }
    }

    /** Reports on, and checks at each report. */
    public Progress checking(Progress listener) {
        return (step, done, total) -> {
            check("while " + step);
            listener.report(step, done, total);
        };
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            ended.countDown();
        } catch (IllegalStateException e) {
            asked.set(true); // the process is ending, and the hook keeps it until release
            STOPPED.add(ended);
        }
    }

    /** Lets the process end: all is written and said. */
    public static void release() {
        STOPPED.forEach(CountDownLatch::countDown);
    }
}
