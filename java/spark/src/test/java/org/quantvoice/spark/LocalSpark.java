package org.quantvoice.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Spark in this JVM, and recordings for it. */
final class LocalSpark {
    static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    static final Path DIGITS = ROOT.resolve("models/digits");

    private LocalSpark() {}

    static SparkSession start(String... settings) {
        SparkSession.Builder builder = SparkSession.builder()
                .master("local[2]")
                .appName("QuantVoice's tests")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2");
        for (int i = 0; i < settings.length; i += 2) {
            builder.config(settings[i], settings[i + 1]);
        }
        return builder.getOrCreate();
    }

    /** The first recordings of the test set. */
    static List<Path> recordings(int count) throws IOException {
        try (Stream<Path> files = Files.list(DIGITS.resolve("test"))) {
            return files.filter(f -> f.toString().endsWith(".flac"))
                    .sorted()
                    .limit(count)
                    .toList();
        }
    }

    static Dataset<Row> paths(SparkSession spark, List<Path> files) {
        return spark.createDataset(files.stream().map(Path::toString).toList(), Encoders.STRING())
                .toDF("path");
    }
}
