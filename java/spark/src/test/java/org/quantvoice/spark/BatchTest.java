package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;

/** A small archive: every format, what is bad in it, and going on with a run. */
class BatchTest {
    private static SparkSession spark;
    private static QuantSession alone;

    @TempDir
    Path dir;

    private Path archive;

    @BeforeAll
    static void start() {
        // Kryo for what Spark sends: closures stay Java's.
        spark = LocalSpark.start("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
        alone = QuantSession.builder().build();
    }

    @AfterAll
    static void stop() {
        alone.close();
        spark.stop();
    }

    @BeforeEach
    void makeArchive() throws IOException {
        archive = Files.createDirectories(dir.resolve("archive/2 000%23#é"));
        for (Path file : LocalSpark.recordings(4)) {
            Files.copy(file, archive.resolve(file.getFileName()));
        }
        JoinedWav.write(archive.resolve("a:long.wav"), LocalSpark.recordings(30), 1, 0.5);
        archive = dir.resolve("archive");
    }

    private BatchOptions options(BatchFormat format, boolean resume, Path... inputs) {
        return new BatchOptions(
                SpeechOptions.builder().partSeconds(60).build(),
                Stream.of(inputs).map(Path::toString).toList(),
                "*",
                out(format).toString(),
                format,
                resume,
                false);
    }

    private Path out(BatchFormat format) {
        return dir.resolve("out-" + format);
    }

    private static BatchSummary run(BatchOptions options) {
        return TranscribeJob.run(spark, options, (done, all, seconds) -> {});
    }

    private Dataset<Row> rows() {
        return spark.read().parquet(out(BatchFormat.PARQUET).toString());
    }

    /** Words of each recording that has some. */
    private Map<String, String> texts() {
        return SpeechTranscriber.files(rows()).collectAsList().stream()
                .filter(r -> r.<String>getAs("text") != null)
                .collect(Collectors.toMap(
                        r -> r.getAs("path"), r -> r.getAs("text"), (a, b) -> a + " TWICE " + b, TreeMap::new));
    }

    private Map<String, String> expected() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path file : files()) {
            try {
                texts.put("file:" + file, alone.transcribe(file).text());
            } catch (AudioFormatException e) {
                assertThat(e).isNotNull(); // it is among the failures
            }
        }
        return texts;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(archive)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void allFormatsHoldTheSame() throws IOException {
        Map<Path, String> bad = BadRecordings.write(archive);
        bad.remove(archive.resolve("missing.flac"));
        for (BatchFormat format : BatchFormat.values()) {
            BatchSummary summary = run(options(format, false, archive));
            assertThat(summary.recordings()).as(format.toString()).isEqualTo(5 + bad.size());
            assertThat(summary.failures().keySet())
                    .as(format.toString())
                    .containsExactlyInAnyOrderElementsOf(
                            bad.keySet().stream().map(p -> "file:" + p).toList());
            bad.forEach((path, message) ->
                    assertThat(summary.failures().get("file:" + path).message()).contains(message));
            assertThat(run(options(format, true, archive)).doneBefore())
                    .as("done before, " + format)
                    .isEqualTo(5 + bad.size());
        }
        assertThat(texts()).isEqualTo(expected());
        long segments = rows().count();
        assertThat(spark.read().json(out(BatchFormat.JSONL).toString()).count()).isEqualTo(segments);
        Dataset<Row> csv = spark.read()
                .schema(CsvRows.SCHEMA)
                .options(CsvRows.OPTIONS)
                .csv(out(BatchFormat.CSV).toString());
        assertThat(csv.count()).isEqualTo(segments);
        assertThat(csv.where("text is not null and error_type is null and words is null")
                        .count())
                .isZero();
        for (Path file : files()) {
            Path srt = out(BatchFormat.SRT_FILES)
                    .resolve(archive.relativize(file).toString().replace(":", "%3A") + ".srt");
            if (bad.containsKey(file)) {
                assertThat(srt).doesNotExist();
            } else {
                assertThat(srt).hasContent(alone.transcribe(file).toSrt());
            }
        }
    }

    @Test
    void aRunThatGoesOnHearsWhatChanged() throws IOException {
        run(options(BatchFormat.PARQUET, false, archive));
        assertThat(run(options(BatchFormat.PARQUET, true, archive)).audioSeconds())
                .isZero();
        List<Path> files = files();
        Path changed = files.get(files.size() - 1);
        Files.copy(LocalSpark.recordings(6).get(5), changed, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(changed, FileTime.fromMillis(1_000_000_000_000L));
        Files.copy(LocalSpark.recordings(7).get(6), archive.resolve("new.flac"));
        BatchSummary summary = run(options(BatchFormat.PARQUET, true, archive));
        assertThat(summary.doneBefore()).isLessThanOrEqualTo(4);
        assertThat(texts()).isEqualTo(expected());
        BatchOptions other = new BatchOptions(
                SpeechOptions.builder().greedy(true).build(),
                List.of(archive.toString()),
                "*.flac",
                out(BatchFormat.PARQUET).toString(),
                BatchFormat.PARQUET,
                true,
                false);
        assertThat(run(other).doneBefore()).as("of another model").isZero();
        assertThat(rows().select("model").distinct().count()).isEqualTo(2);
    }

    /** A run that is killed while it commits leaves its tasks' files where the next commit looks for those of its own. */
    @Test
    void whatAKilledRunLeftIsNotCommittedByTheNext() throws IOException {
        for (BatchFormat format : List.of(BatchFormat.PARQUET, BatchFormat.SRT_FILES)) {
            Path files = Files.createDirectories(dir.resolve("out-" + format));
            run(options(format, true, archive));
            Path killed = Files.move(files, dir.resolve("killed-" + format));
            Path task = files.resolve("_temporary/0/task_202611301200001_0001_m_000000");
            Files.createDirectories(task.getParent());
            Files.move(killed, task);
            assertThat(run(options(format, true, archive)).heard())
                    .as(format.toString())
                    .isEqualTo(5);
        }
        assertThat(rows().count())
                .isEqualTo(rows().select("path", "segment").distinct().count());
        assertThat(spark.read()
                        .json(out(BatchFormat.SRT_FILES).resolve("recordings").toString())
                        .count())
                .isEqualTo(5);
    }

    @Test
    void failuresAreTriedAgainIfThatIsWanted() throws IOException {
        Path bad = Files.write(archive.resolve("bad.flac"), new byte[10]);
        BatchOptions options = options(BatchFormat.JSONL, true, archive);
        assertThat(run(options).failures()).hasSize(1);
        assertThat(run(options).failures()).isEmpty();
        BatchOptions again = new BatchOptions(
                options.speech(), options.inputs(), "*", options.output(), options.format(), true, true);
        assertThat(run(again).failures()).containsOnlyKeys("file:" + bad);
        assertThat(spark.read()
                        .json(options.output())
                        .where("error is not null")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whatCannotBeDoneIsSaid() throws IOException {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        assertThatThrownBy(() -> run(options(BatchFormat.PARQUET, false, empty)))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("no file in");
        Files.writeString(empty.resolve("readme.txt"), "no sound");
        assertThatThrownBy(() -> run(options(BatchFormat.PARQUET, false, empty)))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("no recording among 1 files");
        assertThatThrownBy(() -> run(options(BatchFormat.PARQUET, false, dir.resolve("nowhere"))))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("no file or folder");
        assertThatThrownBy(() -> run(options(BatchFormat.PARQUET, false, dir)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("in the input");
        Files.createDirectory(out(BatchFormat.CSV));
        Files.writeString(out(BatchFormat.CSV).resolve("part-0.parquet"), "");
        assertThatThrownBy(() -> run(options(BatchFormat.CSV, false, archive)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("which is there already");
        assertThatThrownBy(() -> run(options(BatchFormat.CSV, true, archive)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("an output of format csv");
        assertThatThrownBy(() -> JobArguments.parse("x.wav")).isInstanceOf(OutputException.class);
        assertThatThrownBy(() -> JobArguments.parse("x.wav", "-o", "y", "--what", "z"))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("--what");
    }

    /** Between listing and hearing, on a machine that has another model: a task says so, and the job with it. */
    @Test
    void aModelThatIsAnotherOnAnExecutorIsRefused() throws IOException {
        Path model = Files.copy(LocalSpark.DIGITS.resolve("model/digits.qv"), dir.resolve("digits.qv"));
        Files.copy(LocalSpark.DIGITS.resolve("model/tokens.json"), dir.resolve("tokens.json"));
        SpeechOptions speech = SpeechOptions.builder().model(model.toString()).build();
        Dataset<Row> planned = SpeechTranscriber.transcribe(LocalSpark.paths(spark, LocalSpark.recordings(2)), speech);
        Sessions.closeAll(); // an executor that has not opened it yet
        byte[] damaged = Files.readAllBytes(model);
        damaged[damaged.length / 2] ^= 1;
        Files.write(model, damaged);
        assertThatThrownBy(planned::collectAsList).satisfies(e -> assertThat(cause(e))
                .hasMessageContaining("with SHA-256")
                .hasMessageContaining("as on the driver"));
        Files.delete(model);
        assertThatThrownBy(planned.select("*")::collectAsList)
                .as("planned anew: Spark remembers how the first went")
                .satisfies(e -> assertThat(cause(e)).hasMessageContaining("which cannot be read"));
    }

    private static Throwable cause(Throwable e) {
        Throwable cause = e;
        while (cause != null && !(cause instanceof QuantVoiceException)) {
            cause = cause.getCause();
        }
        assertThat(cause).as("a QuantVoiceException in %s", e).isNotNull();
        return cause;
    }

    @Test
    void aFileThatVanishesIsARow() throws IOException {
        Path vanishing = Files.copy(LocalSpark.recordings(1).get(0), dir.resolve("vanishing.flac"));
        Dataset<Row> planned =
                SpeechTranscriber.transcribe(LocalSpark.paths(spark, List.of(vanishing)), SpeechOptions.defaults());
        Files.delete(vanishing);
        List<Row> rows = planned.collectAsList();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).<Row>getAs("error").getString(1)).contains("moved or removed meanwhile");
    }
}
