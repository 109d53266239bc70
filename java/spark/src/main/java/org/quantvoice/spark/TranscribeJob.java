package org.quantvoice.spark;

import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transcribes an archive: {@code spark-submit --class org.quantvoice.spark.TranscribeJob ... INPUT... -o OUT}, with the
 * options of {@link JobArguments}. Bad recordings are rows of the output and lines of the summary, which goes to the
 * log; with {@code --strict} they make the job fail in the end.
 */
public final class TranscribeJob {
    private static final Logger LOG = LoggerFactory.getLogger(TranscribeJob.class);
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private static final int LISTED_FAILURES = 100;

    private TranscribeJob() {}

    /**
     * Runs the job. It ends with an exception, and so with exit code 1, if the options, the output or the model are
     * wrong, or Spark fails.
     */
    public static void main(String[] args) {
        JobArguments arguments = JobArguments.parse(args);
        SparkSession spark = session(new SparkConf());
        try {
            BatchSummary summary = run(spark, arguments.options(), new LogProgress());
            summary.failures().entrySet().stream()
                    .limit(LISTED_FAILURES)
                    .forEach(f ->
                            LOG.warn("failed: {}: {}", f.getKey(), f.getValue().message()));
            LOG.info("{}", summary);
            if (arguments.strict() && !summary.failures().isEmpty()) {
                throw new AudioFormatException(
                        summary.failures().size() + " recordings that failed",
                        "none (strict)",
                        "look at the rows with an error");
            }
        } finally {
            spark.stop();
        }
    }

    /**
     * Returns the Spark session. Unless the settings say otherwise, an executor on which a task failed, for example
     * because of a damaged model, does not get the task again.
     */
    static SparkSession session(SparkConf conf) {
        conf.setIfMissing("spark.excludeOnFailure.enabled", "true");
        conf.setIfMissing("spark.app.name", "QuantVoice");
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /**
     * Transcribes with a Spark session that stays open.
     *
     * @throws QuantVoiceException if there is no readable recording, the output is there already, the model is missing or
     * damaged on the driver or everywhere, or Spark cannot write; rows that were written before stay, for a run that
     * resumes
     */
    public static BatchSummary run(SparkSession spark, BatchOptions options, BatchListener listener) {
        try {
            return new Batch(spark, options, listener).run();
        } catch (QuantVoiceException e) {
            throw e;
        } catch (Exception e) { // Spark's Scala methods throw checked exceptions that they do not declare
            throw failure(e);
        }
    }

    private static QuantVoiceException failure(Exception e) {
        Throwable root = e;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof QuantVoiceException own) {
                return own;
            }
            root = cause;
        }
        return new OutputException(
                "a job that Spark gave up: " + root,
                "one that ends",
                "mend what it says, and run it again to resume",
                e);
    }

    /** Writes a few lines per hour to the log. */
    private static final class LogProgress implements BatchListener {
        private long told = System.nanoTime();

        @Override
        public void progress(double doneHours, double allHours, double seconds) {
            long now = System.nanoTime();
            if (now - told >= INTERVAL_NANOS) {
                told = now;
                LOG.info("{}", describe(doneHours, allHours, seconds));
            }
        }
    }

    /** Returns text such as {@code 1.2 of 3.4 h of audio, RTF 0.0050, 12 s left}. */
    public static String describe(double doneHours, double allHours, double seconds) {
        if (doneHours <= 0) {
            return String.format(Locale.ROOT, "0.00 of %.2f h of audio", allHours);
        }
        double rtf = seconds / (doneHours * 3600);
        return String.format(
                Locale.ROOT,
                "%.2f of %.2f h of audio, RTF %.4f, %.0f s left",
                doneHours,
                allHours,
                rtf,
                rtf * (allHours - doneHours) * 3600);
    }
}
