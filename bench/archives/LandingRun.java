import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.quantvoice.spark.LandingFolder;
import org.quantvoice.spark.SpeechOptions;

/**
 * Transcribes what arrives in {@code FOLDER} until it is killed: {@code FOLDER OUTPUT CHECKPOINT}; with {@code once} behind, what is
 * there, and says how many recordings the output holds.
 */
public final class LandingRun {
    private LandingRun() {}

    public static void main(String[] args) throws Exception {
        SparkSession spark = SparkSession.builder().appName("landing").getOrCreate();
        boolean once = args.length > 3;
        Trigger trigger = once ? Trigger.AvailableNow() : Trigger.ProcessingTime(500);
        LandingFolder.start(spark, SpeechOptions.defaults(), args[0], "*.wav", args[1], args[2], trigger)
                .awaitTermination();
        Dataset<Row> rows = spark.read().parquet(args[1]).select("path", "segment");
        long recordings = rows.select("path").distinct().count();
        System.out.println(recordings + " recordings, " + (rows.count() - rows.distinct().count()) + " rows twice");
        spark.stop();
    }
}
