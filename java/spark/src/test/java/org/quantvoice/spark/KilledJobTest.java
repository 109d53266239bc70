package org.quantvoice.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job in a process of its own, ended by SIGKILL between two of its waves and taken up. */
class KilledJobTest {
    @TempDir
    Path dir;

    private Process start(Path output) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add-opens") || a.startsWith("-D"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Dspark.master=local[2]",
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "-Dspark.driver.host=localhost",
                "-Dspark.quantvoice.waveSeconds=1.5",
                "-cp",
                System.getProperty("java.class.path"),
                TranscribeJob.class.getName(),
                dir.resolve("in").toString(),
                "-o",
                output.toString(),
                "--resume",
                "--strict"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log.txt").toFile())
                .start();
    }

    private static boolean hasRows(Path output) throws IOException {
        if (!Files.isDirectory(output)) {
            return false;
        }
        try (Stream<Path> files = Files.list(output)) {
            return files.anyMatch(f -> f.getFileName().toString().startsWith("part-"));
        }
    }

    @Test
    void aRunThatWasKilledIsTakenUp() throws Exception {
        Files.createDirectory(dir.resolve("in"));
        List<Path> files = LocalSpark.recordings(24);
        for (Path file : files) {
            Files.copy(file, dir.resolve("in").resolve(file.getFileName()));
        }
        Path output = dir.resolve("out");
        Process killed = start(output);
        long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(15);
        while (!hasRows(output)) {
            assertThat(killed.isAlive() && System.nanoTime() < patience)
                    .as("%s", Files.readString(dir.resolve("log.txt")))
                    .isTrue();
            Thread.sleep(10);
        }
        killed.destroyForcibly().waitFor();
        Process second = start(output);
        assertThat(second.waitFor(15, TimeUnit.MINUTES)).isTrue();
        assertThat(second.exitValue())
                .as("%s", Files.readString(dir.resolve("log.txt")))
                .isZero();
        SparkSession spark = LocalSpark.start();
        try {
            List<Row> whole = SpeechTranscriber.transcribe(
                            LocalSpark.paths(
                                    spark,
                                    files.stream()
                                            .map(f -> dir.resolve("in").resolve(f.getFileName()))
                                            .toList()),
                            SpeechOptions.defaults())
                    .selectExpr("concat('file:', path) as path", "segment", "text", "start", "end", "words")
                    .collectAsList();
            List<Row> union = spark.read()
                    .parquet(output.toString())
                    .select("path", "segment", "text", "start", "end", "words")
                    .collectAsList();
            assertThat(union).containsExactlyInAnyOrderElementsOf(whole);
        } finally {
            spark.stop();
        }
    }
}
