package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;

/** Executors that are other processes: what they are sent, what they do not have, and what becomes of them. */
@Tag("long")
class ClusterTest {
    private static final int KILLS = 3;

    @TempDir
    Path dir;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** One cluster for all, because it takes longer to start than what it does. */
    @Test
    void executorsInOtherProcesses() throws Exception {
        try (StandaloneCluster cluster = new StandaloneCluster(Files.createDirectory(dir.resolve("cluster")))) {
            cluster.addWorker();
            SparkSession spark = cluster.session();
            try {
                spark.sparkContext().addSparkListener(new SparkListener() {
                    @Override
                    public void onTaskEnd(SparkListenerTaskEnd end) {
                        if (end.reason() instanceof org.apache.spark.ExceptionFailure failure) {
                            failures.add(end.taskInfo().executorId() + ": " + failure.description());
                        }
                    }
                });
                StandaloneCluster.await("an executor", () -> StandaloneCluster.executors(spark) == 1);
                filesAreSent(spark);
                aDamagedModelOnOneExecutorLeavesTheWorkToTheOther(spark, cluster);
                killedExecutorsLoseNothing(spark, cluster);
            } finally {
                spark.stop();
            }
        }
    }

    private Path copy(String name) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("model folder #1 %20"));
        return Files.copy(LocalSpark.DIGITS.resolve("model").resolve(name), folder.resolve(name));
    }

    /** Nothing is left at the paths that the driver read: what executors have can only have been sent. */
    private void filesAreSent(SparkSession spark) throws IOException {
        Path model = copy("digits.qv");
        Path tokens = copy("tokens.json");
        Path lexicon = Files.writeString(dir.resolve("lexicon.txt"), "one\ntwo\nthree\nfour\nfive\n");
        Path words = Files.writeString(dir.resolve("words.arpa"), ARPA);
        SpeechOptions speech = SpeechOptions.builder()
                .model(model.toString())
                .languageModel(words.toString())
                .lexicon(lexicon.toString())
                .build();
        List<Path> files = LocalSpark.recordings(4);
        Dataset<Row> rows = SpeechTranscriber.transcribe(LocalSpark.paths(spark, files), speech);
        TranscribeFunction.register(spark, speech);
        for (Path file : List.of(model, tokens, lexicon, words)) {
            Files.delete(file);
        }
        Map<String, String> texts = texts(rows);
        assertThat(failures).isEmpty();
        assertThat(texts).hasSize(4);
        assertThat(String.join(" ", texts.values()).split(" "))
                .as("what the lexicon has, which was sent too")
                .contains("one")
                .isSubsetOf("one", "two", "three", "four", "five");
        LocalSpark.paths(spark, files).createOrReplaceTempView("recordings");
        assertThat(spark.sql(
                                "select path, s.text as text from recordings lateral view explode(transcribe(path)) t as s")
                        .collectAsList())
                .extracting(r -> r.getString(1))
                .containsExactlyInAnyOrderElementsOf(texts.values());
    }

    /** The first has opened the model; by the time that the second asks for it, the file at that path is another. */
    private void aDamagedModelOnOneExecutorLeavesTheWorkToTheOther(SparkSession spark, StandaloneCluster cluster)
            throws Exception {
        Path model = copy("digits.qv");
        copy("tokens.json");
        SpeechOptions speech = SpeechOptions.builder()
                .model(model.toString())
                .distribute(false)
                .build();
        List<Path> files = LocalSpark.recordings(12);
        Map<String, String> before = texts(SpeechTranscriber.transcribe(LocalSpark.paths(spark, files), speech));
        Dataset<Row> planned = SpeechTranscriber.transcribe(LocalSpark.paths(spark, files), speech);
        byte[] damaged = Files.readAllBytes(model);
        damaged[damaged.length / 2] ^= 1;
        Files.write(model, damaged);
        cluster.addWorker();
        StandaloneCluster.await("a second executor", () -> StandaloneCluster.executors(spark) == 2);
        failures.clear();
        assertThat(texts(planned)).isEqualTo(before);
        assertThat(failures).isNotEmpty().allSatisfy(f -> assertThat(f).contains("with SHA-256", "as on the driver"));
        assertThat(failures.stream().map(f -> f.split(":")[0]).distinct()).hasSize(1);
    }

    private void killedExecutorsLoseNothing(SparkSession spark, StandaloneCluster cluster) throws IOException {
        Path archive = Files.createDirectory(dir.resolve("archive"));
        for (Path file : LocalSpark.recordings(20)) {
            Files.copy(file, archive.resolve(file.getFileName()));
        }
        JoinedWav.write(archive.resolve("long.wav"), LocalSpark.recordings(60), 1, 0.5);
        BatchOptions options = new BatchOptions(
                SpeechOptions.builder().partSeconds(60).build(),
                List.of(archive.toString()),
                "*",
                dir.resolve("out").toString(),
                BatchFormat.PARQUET,
                false,
                false);
        int[] killed = new int[1];
        BatchSummary summary = TranscribeJob.run(spark, options, (done, all, seconds) -> {
            if (killed[0] < KILLS && done > 0) {
                cluster.executorProcesses().stream().findAny().ifPresent(executor -> {
                    executor.destroyForcibly();
                    killed[0]++;
                });
            }
        });
        assertThat(killed[0]).isEqualTo(KILLS);
        assertThat(summary.failures()).isEmpty();
        assertThat(summary.heard()).isEqualTo(21);
        Dataset<Row> rows = spark.read().parquet(options.output());
        assertThat(rows.count())
                .as("rows, none twice")
                .isEqualTo(rows.select("path", "segment").distinct().count());
        Map<String, String> texts = texts(rows);
        assertThat(texts).hasSize(21);
        try (QuantSession alone = QuantSession.builder().build()) {
            for (Map.Entry<String, String> text : texts.entrySet()) {
                Transcript whole = alone.transcribe(Path.of(text.getKey().substring("file:".length())));
                assertThat(text.getValue()).as(text.getKey()).isEqualTo(whole.text());
            }
        }
    }

    private static Map<String, String> texts(Dataset<Row> rows) {
        return SpeechTranscriber.files(rows).collectAsList().stream()
                .collect(Collectors.toMap(r -> r.getAs("path"), r -> r.getAs("text"), (a, b) -> a + b, TreeMap::new));
    }

    private static final String ARPA = String.join(
            "\n",
            "\\data\\",
            "ngram 1=8",
            "",
            "\\1-grams:",
            "-99\t<s>",
            "-1\t</s>",
            "-1\t<unk>",
            "-1\tone",
            "-1\ttwo",
            "-1\tthree",
            "-1\tfour",
            "-1\tfive",
            "",
            "\\end\\",
            "");
}
