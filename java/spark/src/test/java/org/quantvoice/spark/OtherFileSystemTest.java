package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;

/** Recordings, results, checkpoints and models that are on no disk: all go through Hadoop's FileSystem, as of HDFS and S3. */
class OtherFileSystemTest {
    private static SparkSession spark;
    private static FileSystem memory;

    @BeforeAll
    static void start() throws IOException {
        spark = LocalSpark.start(MemoryFileSystem.SETTING, MemoryFileSystem.class.getName());
        memory = new Path("memory:/").getFileSystem(spark.sessionState().newHadoopConf());
        put("/model/digits.qv", Files.readAllBytes(LocalSpark.DIGITS.resolve("model/digits.qv")));
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static void put(String path, byte[] content) throws IOException {
        try (OutputStream out = memory.create(new Path("memory:" + path))) {
            out.write(content);
        }
    }

    /** What a session says of the first recordings, by where they are put. */
    private static Map<String, String> fill(String folder, int count) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (QuantSession alone = QuantSession.builder().build()) {
            for (java.nio.file.Path file : LocalSpark.recordings(count)) {
                put(folder + "/" + file.getFileName(), Files.readAllBytes(file));
                texts.put(
                        "memory:" + folder + "/" + file.getFileName(),
                        alone.transcribe(file).text());
            }
        }
        return texts;
    }

    private static Map<String, String> texts(Dataset<Row> rows) {
        return SpeechTranscriber.files(rows).where("error is null").collectAsList().stream()
                .collect(Collectors.toMap(r -> r.getAs("path"), r -> r.getAs("text"), (a, b) -> a + b, TreeMap::new));
    }

    private static BatchSummary run(String input, String output, BatchFormat format) {
        SpeechOptions speech =
                SpeechOptions.builder().model("memory:/model/digits.qv").build();
        return TranscribeJob.run(
                spark,
                new BatchOptions(speech, List.of("memory:" + input), "*", "memory:" + output, format, true, false),
                (done, all, seconds) -> {});
    }

    @Test
    void archivesAndModels() throws IOException {
        Map<String, String> expected = fill("/archive/a b #1 %20 é", 3);
        put("/archive/notes.txt", new byte[10]);
        BatchSummary first = run("/archive", "/out", BatchFormat.PARQUET);
        assertThat(first.failures()).containsOnlyKeys("memory:/archive/notes.txt");
        assertThat(texts(spark.read().parquet("memory:/out"))).isEqualTo(expected);
        put("/archive/new.flac", Files.readAllBytes(LocalSpark.recordings(4).get(3)));
        BatchSummary second = run("/archive", "/out", BatchFormat.PARQUET);
        assertThat(second.doneBefore()).isEqualTo(4);
        assertThat(second.heard()).isEqualTo(1);
        assertThat(run("/archive", "/subtitles", BatchFormat.SRT_FILES).heard()).isEqualTo(4);
        assertThat(memory.exists(new Path("memory:/subtitles/new.flac.srt"))).isTrue();
    }

    @Test
    void streams() throws Exception {
        Map<String, String> expected = fill("/in", 2);
        StreamingQuery query = LandingFolder.start(
                spark,
                SpeechOptions.defaults(),
                "memory:/in",
                "*.flac",
                "memory:/landed",
                "memory:/checkpoint",
                Trigger.AvailableNow());
        query.awaitTermination();
        assertThat(texts(spark.read().parquet("memory:/landed")).values())
                .containsExactlyInAnyOrderElementsOf(expected.values());
    }

    @Test
    void aModelThatIsNotThereIsSaid() {
        SpeechOptions none =
                SpeechOptions.builder().model("memory:/model/none.qv").build();
        assertThatThrownBy(() ->
                        SpeechTranscriber.transcribe(spark.emptyDataFrame().selectExpr("'x' as path"), none))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("memory:/model/none.qv, which cannot be read");
    }

    @Test
    void whatMayNotBeReadIsARowOrAnError() throws IOException {
        byte[] good = Files.readAllBytes(LocalSpark.recordings(1).get(0));
        for (String name : List.of("forbidden.flac", "broken.flac", "good.flac")) {
            put("/partly/" + name, good);
        }
        BatchSummary summary = run("/partly", "/partly-out", BatchFormat.JSONL);
        assertThat(summary.heard()).isEqualTo(1);
        assertThat(summary.failures()).containsOnlyKeys("memory:/partly/forbidden.flac", "memory:/partly/broken.flac");
        assertThat(summary.failures().get("memory:/partly/forbidden.flac"))
                .satisfies(f -> assertThat(f.type()).isEqualTo("AudioFormatException"))
                .satisfies(f ->
                        assertThat(f.message()).contains("Permission denied", "check the path and its permissions"));
        assertThat(summary.failures().get("memory:/partly/broken.flac"))
                .satisfies(f -> assertThat(f.type()).isEqualTo("AudioFormatException"))
                .satisfies(f -> assertThat(f.message()).contains("the disk failed at byte"));
        put("/closed/forbidden/good.flac", good);
        assertThatThrownBy(() -> run("/closed", "/closed-out", BatchFormat.JSONL))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("Permission denied")
                .hasMessageContaining("a folder that can be listed");
    }
}
