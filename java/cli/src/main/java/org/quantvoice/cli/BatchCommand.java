package org.quantvoice.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.option.ModelOption;
import org.quantvoice.cli.terminal.TerminalProgress;
import org.quantvoice.cli.terminal.TerminalRow;
import org.quantvoice.error.EngineException;
import org.quantvoice.lm.LmUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code qv batch}, which runs Spark in this JVM if its jars are on the class path. */
@Command(
        name = "batch",
        description = "Transcribes an archive on Spark, in this process.",
        footer = {
            "",
            "Recordings that fail are rows of the output and listed at the end; the exit code is 0, with --strict 1.",
            "See docs/batch.md."
        },
        sortOptions = false)
final class BatchCommand extends Subcommand {
    private static final String JOB = "org.quantvoice.spark.LocalBatch";
    private static final String SPARK = "org.apache.spark.sql.SparkSession";
    private static final String LOG = "org.slf4j.simpleLogger.log.org.";

    @Parameters(paramLabel = "INPUT", arity = "1..*", description = "Recordings and folders, also hdfs: and s3a:.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            order = 1,
            description = "The folder for the results.")
    private String output = "";

    @Option(
            names = "--format",
            paramLabel = "F",
            order = 2,
            description = "parquet, jsonl, csv or srt-files (default: parquet).")
    private @Nullable String format;

    @Option(
            names = "--glob",
            paramLabel = "G",
            order = 3,
            description = "Names of recordings in folders, such as '*.{wav,flac}' (default: all).")
    private @Nullable String glob;

    @Option(
            names = "--master",
            paramLabel = "M",
            defaultValue = "local[*]",
            order = 4,
            description = "local[N]: so many recordings at once (default: ${DEFAULT-VALUE}, as many as cores).")
    private String master = "";

    @Option(names = "--resume", order = 5, description = "Leave out what the output holds already.")
    private boolean resume;

    @Option(names = "--retry-failed", order = 6, description = "With --resume: try again what failed.")
    private boolean retryFailed;

    @Option(names = "--strict", order = 7, description = "Exit code 1 if a recording fails.")
    private boolean strict;

    @Option(
            names = "--part",
            paramLabel = "S",
            order = 8,
            description = "The longest part of a recording that one task hears, in seconds (default: 1800).")
    private @Nullable Double part;

    @Option(names = "--channels", paramLabel = "C", order = 9, description = "mix, split or a number (default: mix).")
    private @Nullable String channels;

    @Mixin
    private ModelOption model;

    @Option(names = "--vocabulary", paramLabel = "JSON", order = 11, description = "Token list of the model.")
    private @Nullable String vocabulary;

    @Option(names = "--greedy", order = 30, description = "Take the most probable token of each frame; no search.")
    private boolean greedy;

    @Option(names = "--beam", paramLabel = "N", order = 31, description = "Width of the search (default: 100).")
    private @Nullable Integer beam;

    @Option(names = "--lm", paramLabel = "F", order = 32, description = "Language model: ARPA or KenLM.")
    private @Nullable String lm;

    @Option(names = "--lm-unit", paramLabel = "U", order = 32, description = "What it counts: WORD or TOKEN.")
    private @Nullable LmUnit lmUnit;

    @Option(names = "--alpha", paramLabel = "A", order = 33, description = "Its weight (default: 0.5).")
    private @Nullable Double alpha;

    @Option(names = "--beta", paramLabel = "B", order = 34, description = "Bonus for each word (default: 1.5).")
    private @Nullable Double beta;

    @Option(names = "--hotword", paramLabel = "W", order = 35, description = "A phrase to prefer; several times.")
    private List<String> hotwords = new ArrayList<>();

    @Option(names = "--hotword-weight", paramLabel = "X", order = 36, description = "Their weight (default: 10).")
    private @Nullable Double hotwordWeight;

    @Option(names = "--lexicon", paramLabel = "F", order = 37, description = "The only words that may be said.")
    private @Nullable String lexicon;

    @Override
    public Integer call() {
        if (retryFailed && !resume) {
            throw usage("got --retry-failed; expected --resume with it");
        }
        if (!master.matches("local(\\[([1-9][0-9]{0,3}|\\*)])?")) {
            throw usage("got --master " + master + "; expected local, local[N] or local[*]; a cluster needs the jars:"
                    + " spark-submit --class org.quantvoice.spark.TranscribeJob");
        }
        if (!verbose()) { // Spark logs messages about itself as warnings
            System.setProperty(LOG + "apache", "error");
            System.setProperty(LOG + "sparkproject", "error");
        }
        BiFunction<List<String>, Consumer<String>, Map<String, Object>> job = job();
        TerminalRow row =
                System.console() == null || json() ? null : new TerminalRow(err(), TerminalProgress.columns());
        Consumer<String> progress = text -> {
            if (row != null) {
                row.show(text);
            }
        };
        Map<String, Object> summary = job.apply(words(), progress);
        progress.accept("");
        print(summary);
        return strict && !Integer.valueOf(0).equals(summary.get("failed")) ? QuantVoice.FAILED : QuantVoice.OK;
    }

    @SuppressWarnings("unchecked") // LocalBatch implements this type
    private static BiFunction<List<String>, Consumer<String>, Map<String, Object>> job() {
        try {
            Class.forName(SPARK);
            return (BiFunction<List<String>, Consumer<String>, Map<String, Object>>)
                    Class.forName(JOB).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new EngineException(
                    "no Spark on the class path (" + e + ")",
                    "quantvoice-spark and the jars of Spark 4",
                    "run ./qv of the source tree, or spark-submit --class org.quantvoice.spark.TranscribeJob, or add"
                            + " SPARK_HOME/jars/* to the class path; see docs/batch.md",
                    e);
        }
    }

    /** Returns the arguments of the job. */
    private List<String> words() {
        List<String> words = new ArrayList<>(List.of(master));
        inputs.forEach(input -> words.add(input.startsWith("-") ? "./" + input : input));
        put(words, "-o", output);
        put(words, "--format", format);
        put(words, "--glob", glob);
        put(words, "--part", part);
        put(words, "--channels", channels);
        put(words, "--model", model.name());
        put(words, "--vocabulary", vocabulary);
        put(words, "--beam", beam);
        put(words, "--lm", lm);
        put(words, "--lm-unit", lmUnit);
        put(words, "--alpha", alpha);
        put(words, "--beta", beta);
        put(words, "--lexicon", lexicon);
        hotwords.forEach(w -> put(words, "--hotword", w));
        put(words, "--hotword-weight", hotwordWeight);
        put(words, "--greedy", greedy);
        put(words, "--resume", resume);
        put(words, "--retry-failed", retryFailed);
        put(words, "--strict", strict);
        return words;
    }

    private static void put(List<String> words, String name, @Nullable Object value) {
        if (value != null) {
            words.add(name);
            words.add(value.toString());
        }
    }

    private static void put(List<String> words, String name, boolean given) {
        if (given) {
            words.add(name);
        }
    }

    private void print(Map<String, Object> summary) {
        if (json()) {
            printJson(summary);
            return;
        }
        for (Object failure : (List<?>) requireNonNull(summary.get("failures"))) {
            Map<?, ?> fields = (Map<?, ?>) failure;
            err().println("error: " + fields.get("path") + ": "
                    + String.valueOf(fields.get("message")).replaceAll("\\s*\\R\\s*", " "));
        }
        err().printf(
                        java.util.Locale.ROOT,
                        "%d recordings: %d heard, %d failed, %d done before; %.2f h of audio in %.1f s (RTF %.4f), %s%n",
                        summary.get("recordings"),
                        summary.get("heard"),
                        summary.get("failed"),
                        summary.get("doneBefore"),
                        (Double) requireNonNull(summary.get("audioSeconds")) / 3600,
                        summary.get("seconds"),
                        summary.get("rtf") == null ? Double.NaN : (Double) summary.get("rtf"),
                        summary.get("model"));
    }
}
