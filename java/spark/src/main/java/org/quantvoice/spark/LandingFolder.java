package org.quantvoice.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.quantvoice.error.OutputException;

/**
 * Transcribes recordings as they arrive in a folder: each exactly once, even if the query is stopped and started again,
 * because Spark keeps in the checkpoint what it has seen and in the output what it has committed. Recordings have to be
 * moved into the folder whole, by a rename. A recording that is removed before it is read is left out. One task
 * transcribes a recording.
 */
public final class LandingFolder {
    private static final String MARK = "quantvoice-model";

    private static final StructType BINARY_FILE = new StructType()
            .add("path", DataTypes.StringType)
            .add("modificationTime", DataTypes.TimestampType)
            .add("length", DataTypes.LongType)
            .add("content", DataTypes.BinaryType); // Spark reads the content only if it is selected

    private LandingFolder() {}

    /**
     * Starts a query that writes rows of {@link SpeechTranscriber} as Parquet.
     *
     * @param folder in which recordings arrive, in any file system that Hadoop knows; folders below it count too
     * @param glob names of recordings, such as {@code *.flac}; {@code *} for all
     * @param output the folder to write to; read it as a whole ({@code spark.read().parquet(output)}), because Spark
     *     keeps in it a list of what is committed
     * @param checkpoint a folder of this query's own
     * @param trigger how often it looks for new recordings, such as {@code Trigger.ProcessingTime("10 seconds")}
     * @throws OutputException if the checkpoint belongs to another model or to something else, or there is an output
     *     without it
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be opened on the driver
     */
    public static StreamingQuery start(
            SparkSession spark,
            SpeechOptions options,
            String folder,
            String glob,
            String output,
            String checkpoint,
            Trigger trigger) {
        Configuration conf = spark.sessionState().newHadoopConf();
        String model = RecipeResolver.resolve(spark.sparkContext(), options).id;
        claim(conf, Listing.path(conf, checkpoint), Listing.path(conf, output), model);
        Dataset<Row> paths = spark.readStream()
                .format("binaryFile")
                .schema(BINARY_FILE)
                .option("pathGlobFilter", glob)
                .option("recursiveFileLookup", "true")
                .option("ignoreMissingFiles", "true")
                .load(Listing.path(conf, folder).toString())
                .select("path");
        DataStreamWriter<Row> writer = SpeechTranscriber.transcribe(paths, options)
                .writeStream()
                .format("parquet")
                .outputMode("append")
                .trigger(trigger)
                .option("checkpointLocation", Listing.path(conf, checkpoint).toString())
                .option("path", Listing.path(conf, output).toString());
        try {
            return writer.start();
        } catch (TimeoutException e) {
            throw new OutputException("a query that does not start: " + e, "one that does", "start it again", e);
        }
    }

    /**
     * Claims a checkpoint for a model. Recordings that a checkpoint has seen are not transcribed again, so with another
     * model one part of the output would be of the old model.
     */
    private static void claim(Configuration conf, Path checkpoint, Path output, String model) {
        try {
            FileSystem files = checkpoint.getFileSystem(conf);
            Path mark = new Path(checkpoint, MARK);
            if (files.exists(mark)) {
                requireSame(read(files, mark), model, checkpoint);
                return;
            }
            requireEmpty(files, checkpoint, "a checkpoint of this query");
            requireEmpty(output.getFileSystem(conf), output, "an output of this checkpoint");
            try (OutputStream out = files.create(mark, false)) {
                out.write(model.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new OutputException(
                    checkpoint + ", which cannot be used: " + e,
                    "a folder that can be written",
                    "check the path and its permissions",
                    e);
        }
    }

    private static void requireSame(String found, String model, Path checkpoint) {
        if (!found.equals(model)) {
            throw new OutputException(
                    "checkpoint " + checkpoint + " of model " + found,
                    "one of model " + model,
                    "choose another checkpoint and another output");
        }
    }

    private static void requireEmpty(FileSystem files, Path folder, String expected) throws IOException {
        if (files.exists(folder) && files.listStatus(folder).length > 0) {
            throw new OutputException(
                    folder + ", which holds something else", expected + ", or nothing", "choose another folder");
        }
    }

    private static String read(FileSystem files, Path mark) throws IOException {
        try (FSDataInputStream in = files.open(mark)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
