package org.quantvoice.cli.terminal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.quantvoice.engine.Progress;

/**
 * Turns Ctrl-C (and SIGTERM) into an exception in a long command, so that it ends between two steps: half-written files
 * are removed, and the results so far are kept. The process ends when the command has closed this object and said why.
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

    /** Returns whether the user asked the command to end. Work that can end early with a result asks this. */
    public boolean asked() {
        return asked.get();
    }

    /**
     * Ends the command here if the user asked for it.
     *
     * @throws StoppedException if the user asked for the end
     */
    public void check(String where) {
        if (asked.get()) {
            throw new StoppedException(where);
        }
    }

    /** Returns a listener that passes reports on, and checks at each of them. */
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
            asked.set(true); // the process is ending, and the hook delays the end until release
            STOPPED.add(ended);
        }
    }

    /** Lets the process end, after the command has written all output. */
    public static void release() {
        STOPPED.forEach(CountDownLatch::countDown);
    }
}
