import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.quantvoice.spark.BatchFormat;
import org.quantvoice.spark.BatchOptions;
import org.quantvoice.spark.BatchSummary;
import org.quantvoice.spark.SpeechOptions;
import org.quantvoice.spark.SpeechTranscriber;
import org.quantvoice.spark.TranscribeFunction;
import org.quantvoice.spark.TranscribeJob;

/**
 * An archive on Spark, step by step. WalkthroughTest of java/spark runs it; docs/batch.md says how to run it by hand.
 *
 * <p>Arguments: a folder with recordings, a folder that is not there yet.
 */
public final class ArchiveWalkthrough {
    private ArchiveWalkthrough() {}

    public static void main(String[] args) {
        String archive = args[0];
        String output = args[1];
        SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .appName("walk-through")
                .config("spark.ui.enabled", "false")
                .getOrCreate();

        // 1. The job, as spark-submit runs it: bad recordings are rows, and a second run leaves out what is done.
        SpeechOptions speech = SpeechOptions.builder().model("digits").build();
        BatchOptions batch = new BatchOptions(
                speech, List.of(archive), "*.flac", output, BatchFormat.PARQUET, true, false);
        BatchSummary summary = TranscribeJob.run(spark, batch, (done, all, seconds) -> {});
        System.out.println("heard " + summary.heard() + ", failed " + summary.failures().size());
        BatchSummary again = TranscribeJob.run(spark, batch, (done, all, seconds) -> {});
        System.out.println("again: done before " + again.doneBefore() + " of " + again.recordings());

        // 2. What was written is a table: a row a segment.
        Dataset<Row> segments = spark.read().parquet(output);
        System.out.println("columns " + String.join(" ", segments.columns()));
        SpeechTranscriber.files(segments)
                .where(col("error").isNull())
                .orderBy("path")
                .select("text")
                .as(Encoders.STRING())
                .collectAsList()
                .forEach(text -> System.out.println("text: " + text));

        // 3. The same in SQL, for a path at a time.
        TranscribeFunction.register(spark, speech);
        segments.select("path").where(col("error").isNull()).distinct().createOrReplaceTempView("recordings");
        long words = spark.sql("select size(s.words) as n from recordings lateral view explode(transcribe(path)) t as s")
                .agg(sum("n"))
                .first()
                .getLong(0);
        System.out.println("words " + words);
        spark.stop();
    }
}
