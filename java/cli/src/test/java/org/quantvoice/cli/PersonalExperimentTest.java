package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonalExperimentTest {
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");
    private static final int SIGTERM_EXIT = 128 + 15;

    @TempDir
    Path dir;

    /** Two utterances of two speakers. */
    private Path corpus() throws IOException {
        Path tsv = dir.resolve("test.tsv");
        StringBuilder rows = new StringBuilder("id\tspeaker\tfile\ttext\n");
        for (String line : Files.readAllLines(Qv.DIGITS.resolve("test/test.tsv"))) {
            String[] cells = line.split("\t");
            if (cells[0].matches("test-(george|theo)-0[01]")) {
                cells[2] = Qv.DIGITS.resolve("test").resolve(cells[2]).toString();
                rows.append(String.join("\t", cells)).append('\n');
            }
        }
        Files.writeString(tsv, rows);
        return tsv;
    }

    private List<String> command(Path test, Path out, String budgets) {
        return List.of(
                "experiment",
                "personal",
                "--model",
                Qv.FLOAT.toString(),
                "--on",
                CALIB.toString(),
                "--test",
                test.toString(),
                "--budgets",
                budgets,
                "--recordings",
                "1",
                "--threads",
                "1",
                "-o",
                out.toString());
    }

    @Test
    void eachSpeakersModelIsTestedOnAll() throws IOException {
        Path out = dir.resolve("results");
        Qv.Result result = Qv.run(command(corpus(), out, "2.2MB").toArray());
        assertThat(result.code()).as(result.toString()).isZero();
        List<String> rows = Files.readAllLines(out.resolve("personal.csv"));
        assertThat(rows).hasSize(5);
        assertThat(rows.get(0)).startsWith("budgetBytes,seed,tunedOn,testedOn,wer,errors,words,");
        assertThat(rows.get(1)).startsWith("2200000,1,george,george,0.0000,0,");
        assertThat(rows.get(4)).startsWith("2200000,1,theo,theo,");
        JsonNode summary = JsonMapper.builder()
                .build()
                .readTree(out.resolve("personal.json").toFile())
                .get("budgets")
                .get(0);
        assertThat(summary.get("results").asInt()).isEqualTo(4);
        assertThat(Files.readString(out.resolve("index.html"))).contains("tuned on (row), tested on (column)");
    }

    @Test
    void aSignalStopsItCleanlyAndKeepsWhatIsKnown() throws IOException, InterruptedException {
        Path out = dir.resolve("stopped");
        Path errors = dir.resolve("errors.txt");
        Process process = new ProcessBuilder()
                .command(Stream.concat(
                                Stream.of(
                                        ProcessHandle.current().info().command().orElseThrow(),
                                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        "org.quantvoice.cli.Main"),
                                command(corpus(), out, "2.2MB,2.1MB,2MB,1.9MB,1.8MB,1.7MB,1.6MB,1.5MB").stream())
                        .toList())
                .redirectError(errors.toFile())
                .redirectOutput(dir.resolve("out.txt").toFile())
                .start();
        try {
            Path csv = out.resolve("personal.csv");
            long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
            while (process.isAlive()
                    && System.nanoTime() < patience
                    && (!Files.exists(csv) || Files.readAllLines(csv).size() < 2)) {
                Thread.sleep(50);
            }
            assertThat(process.isAlive()).as(Files.readString(errors)).isTrue();
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
            List<String> rows = Files.readAllLines(csv);
            assertThat(rows).hasSizeBetween(2, 32).allMatch(row -> row.split(",", -1).length == 10);
            assertThat(Files.readString(errors)).contains("stopped: " + (rows.size() - 1) + " results are in");
            try (Stream<Path> files = Files.list(out)) {
                assertThat(files.map(f -> f.getFileName().toString()))
                        .containsExactlyInAnyOrder("personal.csv", "personal.json", "index.html");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void corporaThatDoNotMatchAreRefused() throws IOException {
        Path other = dir.resolve("other.tsv");
        Files.writeString(other, Files.readString(corpus()).replace("\tgeorge\t", "\tnobody\t"));
        Qv.Result result = Qv.run(command(other, dir.resolve("none"), "2MB").toArray());
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(result.err()).contains("speakers that");
        assertThat(Qv.run("experiment").code()).isEqualTo(QuantVoice.USAGE);
    }
}
