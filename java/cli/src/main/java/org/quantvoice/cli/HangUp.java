package org.quantvoice.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Handles SIGHUP, the signal by which daemons are asked to read their files again. */
final class HangUp {
    private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** Runs the work on a thread of the JVM each time that the signal arrives, on systems that have the signal. */
    static void onSignal(Runnable work) {
        try {
            Signal.handle(new Signal("HUP"), signal -> work.run());
        } catch (IllegalArgumentException e) {
            // Windows has no SIGHUP; under nohup and with -Xrs a program cannot handle it
            LOG.info("no SIGHUP here: {}", e.getMessage());
        }
    }
}
