package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a batch in this JVM, in Spark's local mode, for {@code qv batch}. The command line does not depend on Spark and
 * finds this class by its name, so its types are Java's own.
 *
 * <p>It takes the master ({@code local[*]}) followed by the arguments of {@link JobArguments}, and a consumer of its
 * progress. It returns {@code recordings, heard, failed, doneBefore, audioSeconds, seconds, rtf, model, strict} and
 * {@code failures}, a list of {@code path, type, message}.
 */
public final class LocalBatch implements BiFunction<List<String>, Consumer<String>, Map<String, Object>> {

    /** Makes the batch that the command line finds by the name of this class. */
    public LocalBatch() {}

    /** @throws org.quantvoice.error.QuantVoiceException as {@link TranscribeJob#run} */
    @Override
    public Map<String, Object> apply(List<String> words, Consumer<String> progress) {
        JobArguments arguments =
                JobArguments.parse(words.subList(1, words.size()).toArray(String[]::new));
        SparkSession spark = TranscribeJob.session(local(words.get(0)));
        try {
            BatchSummary summary = TranscribeJob.run(
                    spark,
                    arguments.options(),
                    (done, all, seconds) -> progress.accept(TranscribeJob.describe(done, all, seconds)));
            return toMap(summary, arguments.strict());
        } finally {
            spark.stop();
        }
    }

    /**
     * Returns Spark's settings for this JVM. Other machines must not reach it, and its pages are off, since the user
     * waits for the end; what Spark keeps about tasks and jobs for these pages is limited, because it would only grow.
     */
    private static SparkConf local(String master) {
        SparkConf conf = new SparkConf().setMaster(master);
        conf.setIfMissing("spark.ui.enabled", "false");
        for (String kept : List.of("Jobs", "Stages", "Tasks")) {
            conf.setIfMissing("spark.ui.retained" + kept, "100");
        }
        conf.setIfMissing("spark.sql.ui.retainedExecutions", "10");
        conf.setIfMissing("spark.driver.host", "localhost");
        conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
        return conf;
    }

    private static Map<String, Object> toMap(BatchSummary summary, boolean strict) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("recordings", summary.recordings());
        map.put("heard", summary.heard());
        map.put("failed", summary.failures().size());
        map.put("doneBefore", summary.doneBefore());
        map.put("audioSeconds", summary.audioSeconds());
        map.put("seconds", summary.seconds());
        map.put("rtf", Double.isNaN(summary.realTimeFactor()) ? null : summary.realTimeFactor());
        map.put("model", summary.model());
        map.put("strict", strict);
        List<Map<String, Object>> failures = new ArrayList<>();
        summary.failures()
                .forEach((path, f) -> failures.add(Map.of("path", path, "type", f.type(), "message", f.message())));
        map.put("failures", failures);
        return map;
    }
}
