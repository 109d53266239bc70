package org.quantvoice.spark;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.lm.LanguageModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of this JVM, one for each recipe. All tasks share them, so that native memory is used once. They are
 * closed when the JVM ends or, in local mode, when Spark ends. Safe for several threads.
 */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Map<String, Open> OPEN = new HashMap<>();
    private static final Set<SparkContext> WATCHED = java.util.Collections.newSetFromMap(new WeakHashMap<>());
    private static boolean hooked;

    private record Open(QuantSession session, @Nullable LanguageModel words) {
        void close() {
            session.close();
            if (words != null) {
                words.close();
            }
        }
    }

    private Sessions() {}

    /**
     * Returns the session of a recipe, which the first call opens.
     *
     * @throws org.quantvoice.error.QuantVoiceException if it cannot be opened on this machine
     */
    static synchronized QuantSession get(Recipe recipe) {
        Open open = OPEN.get(recipe.id);
        if (open == null) {
            hook();
            open = open(recipe);
            OPEN.put(recipe.id, open);
        }
        return open.session();
    }

    private static Open open(Recipe recipe) {
        LanguageModel words = recipe.openLanguageModel();
        try {
            QuantSession session = recipe.open(words, threads());
            LOG.info("opened {} for the tasks of this JVM: {}", recipe.id, session.info());
            return new Open(session, words);
        } catch (RuntimeException | Error e) {
            if (words != null) {
                words.close();
            }
            throw e;
        }
    }

    /** Returns the number of CPUs that Spark gives a task. */
    private static int threads() {
        SparkEnv spark = SparkEnv.get();
        return spark == null ? 1 : spark.conf().getInt("spark.task.cpus", 1);
    }

    private static void hook() {
        if (!hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread(Sessions::closeAll, "quantvoice-close"));
        }
    }

    /** Closes all sessions when this application ends, because in local mode the driver's JVM may go on. */
    static synchronized void closeWith(SparkContext spark) {
        if (WATCHED.add(spark)) {
            spark.addSparkListener(new SparkListener() {
                @Override
                public void onApplicationEnd(SparkListenerApplicationEnd end) {
                    closeAll();
                    DriverFiles.forget(spark);
                }
            });
        }
    }

    /** Closes all sessions after the present runs have ended. */
    static synchronized void closeAll() {
        OPEN.values().forEach(Open::close);
        OPEN.clear();
    }

    static synchronized int count() {
        return OPEN.size();
    }
}
