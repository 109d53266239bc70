package org.quantvoice.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.cli.Qv;
import org.quantvoice.cli.QvProcess;

/** A signal during long commands: they stop cleanly, and what was found is kept. */
public class StopSignalTest {
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");

    @TempDir
    Path prints;

    @TempDir
    Path dir;

    private Path many = Path.of("");

    /** More recordings than are done before the signal. */
    @BeforeEach
    void manyRecordings() throws IOException {
        List<String> lines = Files.readAllLines(TEST);
        StringBuilder rows = new StringBuilder(lines.get(0) + "\n");
        for (int i = 0; i < 200; i++) {
            String[] cells = lines.get(1 + i % 100).split("\t");
            cells[0] = "n" + i;
            cells[2] = TEST.resolveSibling(cells[2]).toString();
            rows.append(String.join("\t", cells)).append('\n');
        }
        many = Files.writeString(prints.resolve("many.tsv"), rows);
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            return files.filter(Files::isRegularFile)
                    .map(f -> dir.relativize(f).toString())
                    .toList();
        }
    }

    @Test
    void tuningKeepsTheModelAndTheBudgetsThatWereMeasured() throws Exception {
        Path out = dir.resolve("tuned.qv");
        Path pareto = dir.resolve("report/pareto.csv");
        Path few = prints.resolve("few.tsv");
        Files.write(few, Files.readAllLines(many).subList(0, 3));
        try (QvProcess qv = new QvProcess(
                prints,
                "tune",
                "--model",
                Qv.FLOAT,
                "--budget",
                "2MB",
                "--on",
                CALIB,
                "--limit",
                1,
                "-o",
                out,
                "--report",
                dir.resolve("report"),
                "--test",
                few,
                "--points",
                1000,
                "--calibration",
                "min_max",
                "--threads",
                1,
                "--json")) {
            qv.terminateWhen(() -> lines(pareto).size() > 1);
            assertThat(qv.exitCode()).as(qv.errors()).isEqualTo(QvProcess.SIGTERM_EXIT);
            assertThat(qv.errors()).contains("error: got a signal to stop while ");
            JsonMapper mapper = JsonMapper.builder().build();
            assertThat(mapper.readTree(qv.out()).has("error")).isTrue();
            List<String> rows = lines(pareto);
            assertThat(rows).hasSizeBetween(2, 1000).allMatch(row -> row.split(",", -1).length == 4);
            JsonNode json = mapper.readTree(dir.resolve("report/tuning.json").toFile());
            assertThat(json.get("pareto")).hasSize(rows.size() - 1);
        }
        assertThat(Files.readString(dir.resolve("report/index.html"))).contains("word error rate against size");
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "tuned.qv",
                        "tuned.tokens.json",
                        "report/pareto.csv",
                        "report/tuning.json",
                        "report/layers.csv",
                        "report/index.html");
        assertTranscribes(out);
    }

    private static void assertTranscribes(Path model) {
        Qv.Result eval = Qv.run("eval", "--model", model, TEST, "--limit", 2, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
    }

    @Test
    void quantizingLeavesNothingBehind() throws Exception {
        for (String name : List.of("int8.qv", "int8.pt")) {
            Path out = Files.writeString(dir.resolve(name), "old");
            try (QvProcess qv = new QvProcess(
                    prints,
                    "quantize",
                    Qv.FLOAT,
                    "--calibrate",
                    many,
                    "--calibrate-limit",
                    200,
                    "-o",
                    out,
                    "-v",
                    "--threads",
                    1)) {
                qv.terminateWhen(() -> qv.errors().contains("calibrating on 200 recordings"));
                assertThat(qv.exitCode()).as(qv.errors()).isEqualTo(QvProcess.SIGTERM_EXIT);
                assertThat(qv.errors()).contains("error: got a signal to stop while ");
            }
            assertThat(out).content().isEqualTo("old");
        }
        assertThat(files()).containsExactlyInAnyOrder("int8.qv", "int8.pt");
    }

    @Test
    void aTableKeepsTheRowsThatAreWhole() throws Exception {
        try (QvProcess qv = new QvProcess(
                prints,
                "eval",
                "--model",
                Qv.FLOAT,
                "--table",
                "--static",
                "encoder.wav2vec2.model.feature_projection",
                "--dynamic",
                "encoder.enc",
                "--calibrate",
                CALIB,
                "--limit",
                30,
                "--threads",
                1,
                "-v",
                TEST)) {
            // the second model is opened when the first has its row
            qv.terminateWhen(() -> qv.errors().contains(": NATIVE ("));
            assertThat(qv.exitCode()).as(qv.errors()).isEqualTo(QvProcess.SIGTERM_EXIT);
            assertThat(qv.out().lines().toList())
                    .hasSizeBetween(3, 8)
                    .anyMatch(l -> l.startsWith("| float | LIBTORCH |"));
            assertThat(qv.errors()).contains("error: got a signal to stop while ");
        }
    }
}
