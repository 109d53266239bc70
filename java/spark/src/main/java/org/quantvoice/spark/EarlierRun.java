package org.quantvoice.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.OutputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what an earlier run left in the output. All rows of a recording are in one file, which Spark's committer moves
 * there by a rename, so the output holds a recording whole or not at all, however the run ended.
 */
final class EarlierRun {
    private static final Logger LOG = LoggerFactory.getLogger(EarlierRun.class);

    /** A recording in the output. */
    private record Done(String path, long length, long modified, boolean failed, String file) {}

    private final SparkSession spark;
    private final Configuration conf;
    private final BatchOptions options;
    private final Path output;

    EarlierRun(SparkSession spark, Configuration conf, BatchOptions options) {
        this.spark = spark;
        this.conf = conf;
        this.options = options;
        output = Listing.path(conf, options.output());
    }

    /**
     * Returns the recordings of a listing that are done. Output files that hold an older version of one, or a failure
     * to be tried again, are removed, and the other recordings in them count as not done.
     *
     * @throws OutputException if there is an output and the run does not resume, or the output has another format
     */
    Set<String> done(List<Listing.Listed> files, String model, @Nullable String subtitleBase) {
        if (!takenUp()) {
            return Set.of();
        }
        Map<String, Listing.Listed> now = new HashMap<>();
        files.forEach(f -> now.put(f.path(), f));
        List<Done> all = read(model);
        Set<String> stale = new HashSet<>();
        for (Done d : all) {
            Listing.Listed file = now.get(d.path);
            if (file != null && (d.failed && options.retryFailed() || !isSame(d, file))) {
                stale.add(d.file);
            }
        }
        stale.forEach(this::remove);
        Set<String> done = new HashSet<>();
        for (Done d : all) {
            if (!stale.contains(d.file) && (d.failed || subtitleBase == null || hasSubtitles(d, subtitleBase))) {
                done.add(d.path);
            }
        }
        return done;
    }

    private static boolean isSame(Done d, Listing.Listed file) {
        return d.length == file.length() && d.modified == file.modified();
    }

    /** Returns whether there is an earlier run to continue, and removes its uncommitted files. */
    private boolean takenUp() {
        try {
            FileSystem system = output.getFileSystem(conf);
            if (!system.exists(output)) {
                return false;
            }
            boolean folder = system.getFileStatus(output).isDirectory();
            if (!folder || !options.resume() && system.listStatus(output).length > 0) {
                throw new OutputException(
                        output + ", which is there already",
                        folder ? "a folder that is not there or empty" : "a folder",
                        folder ? "choose another, or go on with what it holds: resume" : "choose another name");
            }
            requireFormat(system);
            removeUncommitted(system);
            return options.resume();
        } catch (IOException e) {
            throw new OutputException(
                    output + ", which cannot be read: " + e, "a folder", "check the path and its permissions", e);
        }
    }

    /**
     * Removes the files of finished tasks of a killed run. The next commit would move them to the output, beside the
     * new rows of the same recordings.
     */
    private void removeUncommitted(FileSystem system) throws IOException {
        Path pending = new Path(output, FileOutputCommitter.PENDING_DIR_NAME);
        if (system.exists(pending) && !system.delete(pending, true)) {
            throw new IOException("the leavings of an earlier run at " + pending + " cannot be removed");
        }
    }

    /**
     * Refuses an output of another format. Spark would read none of its files, and all recordings would be transcribed
     * again.
     */
    private void requireFormat(FileSystem system) throws IOException {
        String extension =
                switch (options.format()) {
                    case PARQUET -> ".parquet";
                    case JSONL -> ".json";
                    case CSV -> ".csv";
                    case SRT_FILES -> "";
                };
        for (FileStatus file : system.listStatus(output)) {
            String name = file.getPath().getName();
            boolean subtitles = name.equals(SubtitleOutput.LIST);
            boolean other = options.format() == BatchFormat.SRT_FILES
                    ? name.startsWith("part-")
                    : subtitles || name.startsWith("part-") && !name.contains(extension);
            if (other) {
                throw new OutputException(
                        output + " with " + name, "an output of format " + options.format(), "choose another folder");
            }
        }
    }

    private List<Done> read(String model) {
        Dataset<Row> rows =
                switch (options.format()) {
                    case PARQUET -> spark.read().schema(SegmentRows.WITH_FILE).parquet(output.toString());
                    case JSONL -> spark.read().schema(SegmentRows.WITH_FILE).json(output.toString());
                    case CSV ->
                        spark.read()
                                .schema(CsvRows.SCHEMA)
                                .options(CsvRows.OPTIONS)
                                .csv(output.toString());
                    case SRT_FILES -> subtitles();
                };
        String error = options.format() == BatchFormat.CSV ? "error_type" : "error";
        List<Done> all = new ArrayList<>();
        for (Row row : rows.where(col("model").equalTo(model))
                .select(col("path"), col("length"), col("modified"), col(error).isNotNull(), input_file_name())
                .distinct()
                .collectAsList()) {
            all.add(new Done(row.getString(0), row.getLong(1), row.getLong(2), row.getBoolean(3), row.getString(4)));
        }
        return all;
    }

    private Dataset<Row> subtitles() {
        Path list = new Path(output, SubtitleOutput.LIST);
        try {
            boolean there = list.getFileSystem(conf).exists(list);
            return there
                    ? spark.read().schema(SubtitleRows.LISTED).json(list.toString())
                    : spark.createDataFrame(List.of(), SubtitleRows.LISTED);
        } catch (IOException e) {
            throw new OutputException(
                    list + ", which cannot be read: " + e, "a folder", "check the path and its permissions", e);
        }
    }

    /** Returns whether the subtitles of a recording exist; the list may have been moved to the output before them. */
    private boolean hasSubtitles(Done d, String base) {
        Path file = new Path(output, SubtitleRows.name(d.path, base));
        try {
            return file.getFileSystem(conf).exists(file);
        } catch (IOException e) {
            throw new OutputException(
                    file + ", which cannot be read: " + e, "subtitles", "check the path and its permissions", e);
        }
    }

    private void remove(String file) {
        LOG.info("{} holds an older version of a recording, or a failure: it is made again", file);
        Path path = new Path(URI.create(file));
        try {
            path.getFileSystem(conf).delete(path, false);
        } catch (IOException e) {
            throw new OutputException(
                    path + ", which cannot be removed: " + e, "a folder that can be written", "check permissions", e);
        }
    }
}
