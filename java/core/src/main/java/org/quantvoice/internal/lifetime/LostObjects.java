package org.quantvoice.internal.lifetime;

import java.lang.ref.Cleaner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for each object that was lost without being closed, with the place where it was made. Its resources
 * are freed anyway.
 */
public final class LostObjects {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Logger LOG = LoggerFactory.getLogger(LostObjects.class);
    private static final String OWN = "org.quantvoice.";

    private LostObjects() {}

    /** The place where an object was made, without a reference to the object. */
    public static final class Watch implements Runnable {
        private final String name;
        private final String place;
        private volatile boolean closed;

        private Watch(String name, String place) {
            this.name = name;
            this.place = place;
        }

        /** Notes that the object was closed, so that nothing is logged. */
        public void closed() {
            closed = true;
        }

        @Override
        public void run() {
            if (!closed) {
                LOG.warn("{} was never closed; it was made at {}; use try-with-resources", name, place);
            }
        }
    }

    /**
     * Watches an object from now on.
     *
     * @param name name of the object in the message, with an article
     */
    public static Watch watch(Object object, String name) {
        Watch watch = new Watch(name, place());
        CLEANER.register(object, watch);
        return watch;
    }

    /** Returns the first caller outside the library. */
    private static String place() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(f -> !isOwn(f.getClassName(), f.getFileName()))
                        .map(f -> f.getClassName() + "." + f.getMethodName() + "(" + f.getFileName() + ":"
                                + f.getLineNumber() + ")")
                        .findFirst())
                .orElse("an unknown place");
    }

    private static boolean isOwn(String type, String file) {
        boolean test = file != null && file.endsWith("Test.java");
        return type.startsWith(OWN) && !test;
    }
}
