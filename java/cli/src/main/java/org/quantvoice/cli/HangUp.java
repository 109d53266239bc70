package org.quantvoice.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** SIGHUP, by which daemons are told to read their files anew. */
final class HangUp {
    private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** Does the work, on a thread of the JVM's, each time that the signal comes; where the system has it. */
    static void onSignal(Runnable work) {
        try {
            Signal.handle(new Signal("HUP"), signal -> work.run());
        } catch (IllegalArgumentException e) { // Windows has none; nohup and -Xrs keep it for themselves
            LOG.info("no SIGHUP here: {}", e.getMessage());
        }
    }
}
