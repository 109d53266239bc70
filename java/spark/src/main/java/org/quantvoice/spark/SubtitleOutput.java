package org.quantvoice.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.spark.sql.Row;

/**
 * Writes a file for each recording, and a list of these files. The committer of Spark and Hadoop moves them to the
 * output when the task, and then the job, is done.
 */
public final class SubtitleOutput extends FileOutputFormat<NullWritable, Row> {
    /** The folder of the lists, which are JSON lines. */
    static final String LIST = "recordings";
    /** The setting that makes the names of lists differ from wave to wave. */
    static final String WAVE = "quantvoice.wave";

    /** Accepts an existing output, to which later waves and resumed runs write; {@link EarlierRun} has checked it. */
    @Override
    public void checkOutputSpecs(JobContext job) {}

    @Override
    public RecordWriter<NullWritable, Row> getRecordWriter(TaskAttemptContext task) throws IOException {
        FileOutputCommitter committer = (FileOutputCommitter) getOutputCommitter(task);
        Path work = committer.getWorkPath();
        String name = getUniqueFile(task, "part-" + task.getConfiguration().get(WAVE), ".json");
        Configuration conf = task.getConfiguration();
        FileSystem system = work.getFileSystem(conf);
        OutputStream list = system.create(new Path(new Path(work, LIST), name), false);
        return new Writer(system, work, list);
    }

    private static final class Writer extends RecordWriter<NullWritable, Row> {
        private final FileSystem system;
        private final Path work;
        private final OutputStream list;

        private Writer(FileSystem system, Path work, OutputStream list) {
            this.system = system;
            this.work = work;
            this.list = list;
        }

        /**
         * Writes the subtitles of a recording.
         *
         * @param row a row of {@link SubtitleRows#SCHEMA}, followed by its JSON
         */
        @Override
        public void write(NullWritable none, Row row) throws IOException {
            String srt = row.getString(row.size() - 2);
            if (srt != null) {
                try (OutputStream out = system.create(new Path(work, row.getString(row.size() - 3)), true)) {
                    out.write(srt.getBytes(StandardCharsets.UTF_8));
                }
            }
            list.write((row.getString(row.size() - 1) + "\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close(TaskAttemptContext task) throws IOException {
            list.close();
        }
    }
}
