package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

/** Recordings that arrive while a query runs, and while none does. */
class LandingFolderTest {
    private static SparkSession spark;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        spark = LocalSpark.start();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private StreamingQuery query(SpeechOptions options) {
        return LandingFolder.start(
                spark,
                options,
                dir.resolve("in").toString(),
                "*.flac",
                dir.resolve("out").toString(),
                dir.resolve("checkpoint").toString(),
                Trigger.ProcessingTime(100));
    }

    private void arrive(List<Path> files) throws IOException {
        for (Path file : files) {
            Path whole = Files.copy(file, dir.resolve("outside.flac"));
            Files.move(whole, dir.resolve("in").resolve(file.getFileName()));
        }
    }

    private void heard(int files) {
        List<Row> rows = spark.read()
                .parquet(dir.resolve("out").toString())
                .where("segment is null or segment = 0")
                .select("path")
                .collectAsList();
        assertThat(rows).as("exactly once").hasSize(files).doesNotHaveDuplicates();
    }

    @Test
    void eachRecordingIsHeardOnce() throws Exception {
        Files.createDirectory(dir.resolve("in"));
        List<Path> files = LocalSpark.recordings(6);
        arrive(files.subList(0, 2));
        StreamingQuery first = query(SpeechOptions.defaults());
        first.processAllAvailable();
        arrive(files.subList(2, 3));
        Files.writeString(dir.resolve("in/bad.flac"), "no sound");
        first.processAllAvailable();
        first.stop();
        heard(4);
        arrive(files.subList(3, 6));
        StreamingQuery second = query(SpeechOptions.defaults());
        second.processAllAvailable();
        second.stop();
        heard(7);
        assertThat(spark.read()
                        .parquet(dir.resolve("out").toString())
                        .where("error is not null")
                        .count())
                .isEqualTo(1);
        assertThatThrownBy(() -> query(SpeechOptions.builder().greedy(true).build()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("of model digits-");
        Files.createDirectories(dir.resolve("checkpoint2/offsets"));
        assertThatThrownBy(() -> LandingFolder.start(
                        spark,
                        SpeechOptions.defaults(),
                        dir.resolve("in").toString(),
                        "*",
                        dir.resolve("out2").toString(),
                        dir.resolve("checkpoint2").toString(),
                        Trigger.AvailableNow()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("something else");
    }
}
