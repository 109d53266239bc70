package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QatCommandTest {
    private static final int SIGTERM_EXIT = 128 + 15;
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");
    private static final Path CALIB = Qv.DIGITS.resolve("calib");

    @TempDir
    Path dir;

    private Path corpus = Path.of("");

    /** The four recordings with the shortest texts. */
    @BeforeEach
    void fewRecordings() throws IOException {
        List<String> lines = Files.readAllLines(CALIB.resolve("calib.tsv"));
        List<String> rows = lines.stream()
                .skip(1)
                .sorted((a, b) -> Integer.compare(text(a).length(), text(b).length()))
                .limit(4)
                .toList();
        for (String row : rows) {
            Files.copy(CALIB.resolve(row.split("\t")[2]), dir.resolve(row.split("\t")[2]));
        }
        corpus = dir.resolve("few.tsv");
        Files.write(
                corpus, Stream.concat(Stream.of(lines.get(0)), rows.stream()).toList());
    }

    private static String text(String row) {
        return row.split("\t")[3];
    }

    @Test
    void whatItWritesTranscribesAndQuantizesToTheSameBits() {
        Path out = dir.resolve("four.pt");
        Qv.Result result = train(out, "--bits", 4, "--epochs", 1, "--batch", 2, "--rate", 1e-5, "--json");
        JsonNode report = result.json();
        assertThat(report.get("end").asText()).as(result.toString()).isEqualTo("done");
        assertThat(report.get("layers").asInt()).isEqualTo(37);
        assertThat(report.get("epochs").findValuesAsText("number")).containsExactly("0", "1");
        assertThat(report.get("epochs").get(0).get("trainLoss").isNull()).isTrue();
        assertThat(report.get("epochs").get(1).get("trainLoss").asDouble()).isPositive();
        assertThat(dir.resolve("four.tokens.json")).exists();
        assertTranscribes(out);

        Path packed = dir.resolve("four.qv");
        Qv.Result quantized = Qv.run("quantize", out, "--dynamic", "", "--weights", "int4", "-o", packed);
        assertThat(quantized.code()).as(quantized.toString()).isZero();
        assertTranscribes(packed);

        assertThat(report.get("report")).hasSize(37);
        JsonNode head = report.get("report").get(36);
        assertThat(head.get("type").asText()).isEqualTo("Linear");
        assertThat(head.get("inputScale").asDouble()).isPositive();
        Path ranges = Path.of(report.get("ranges").asText());
        assertThat(ranges).hasFileName("four.ranges.json");
        quantized = Qv.run(
                "quantize", out, "--static", "", "--ranges", ranges, "--weights", "int4", "-o", packed); // and no audio
        assertThat(quantized.code()).as(quantized.toString()).isZero();
        assertTranscribes(packed);
    }

    /** Without an epoch the model is rounded and judged: what training is compared with. */
    @Test
    void noEpochRoundsOnly() {
        Path out = dir.resolve("rounded.pt");
        JsonNode report =
                train(out, "--epochs", 0, "--float-activations", "--json").json();
        assertThat(report.get("end").asText()).isEqualTo("done");
        assertThat(report.get("best").asInt()).isZero();
        assertThat(report.get("epochs")).hasSize(1);
        assertThat(report.get("ranges").isNull()).isTrue();
        assertThat(dir.resolve("rounded.ranges.json")).doesNotExist();
        assertTranscribes(out);
    }

    private static void assertTranscribes(Path model) {
        Qv.Result eval = Qv.run("eval", "--model", model, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isLessThan(0.1);
    }

    private Qv.Result train(Path out, Object... more) {
        Stream<Object> fixed = Stream.of("qat", Qv.FLOAT, "--on", corpus, "-o", out, "--threads", 1);
        return Qv.run(Stream.concat(fixed, Arrays.stream(more)).toArray());
    }

    @Test
    void badOptionsAndRecordingsAreRefusedBeforeTraining() throws IOException {
        Path out = dir.resolve("never.pt");
        assertRefused(train(out, "--bits", 1), QuantVoice.FAILED, "got 1 bits for training; expected 2 to 8");
        assertRefused(train(out, "--epochs", -1), QuantVoice.FAILED, "got -1 epochs for training");
        assertRefused(train(out, "--held-out", 0.6), QuantVoice.FAILED, "got a held-out share of 0.6");
        assertRefused(train(out, "--modules", "encoder.none"), QuantVoice.FAILED, "encoder.none");
        assertRefused(train(dir.resolve("never.qv")), QuantVoice.USAGE, "expected a name that ends in .pt");
        assertRefused(train(out, "--threads", 0), QuantVoice.USAGE, "--threads");
        Path file = Files.writeString(dir.resolve("none"), "a file where a folder would be needed");
        assertRefused(train(file.resolve("never.pt")), QuantVoice.FAILED, "none");
        assertRefused(Qv.run("qat", Qv.FLOAT, "-o", out), QuantVoice.USAGE, "--on=TSV");
        Path silent = dir.resolve("silent.tsv");
        Files.write(
                silent,
                Files.readAllLines(corpus).stream()
                        .map(QatCommandTest::withoutText)
                        .toList());
        corpus = silent;
        assertRefused(train(out), QuantVoice.FAILED, "got a corpus without texts");
        assertThat(out).doesNotExist();
    }

    private static String withoutText(String row) {
        return row.substring(0, row.lastIndexOf('\t'));
    }

    private static void assertRefused(Qv.Result result, int code, String message) {
        assertThat(result.code()).as(result.toString()).isEqualTo(code);
        assertThat(result.err()).as(result.toString()).startsWith("error: ").contains(message);
    }

    @Test
    void aSignalEndsItAndTheBestEpochIsWritten() throws IOException, InterruptedException {
        Path out = dir.resolve("stopped.pt");
        List<String> command = Stream.of("qat", Qv.FLOAT, "--on", corpus, "-o", out, "--epochs", 100_000, "-v")
                .map(Object::toString)
                .toList();
        Process process = start(System.getProperty("java.class.path"), command);
        try {
            long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (process.isAlive() && System.nanoTime() < patience && !errors().contains("epoch 1: loss")) {
                Thread.sleep(50);
            }
            assertThat(process.isAlive()).as(errors()).isTrue();
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(errors()).isTrue();
            assertThat(process.exitValue()).as(errors()).isEqualTo(SIGTERM_EXIT);
            assertThat(Files.readString(dir.resolve("out.txt"))).contains("37 layers of 4 bits", "; interrupted");
            assertThat(dir.resolve("stopped.tokens.json")).exists();
            assertTranscribes(out);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Who needs the native engine only leaves quantvoice-torch and its libraries of some 100 MB out. */
    @Test
    void withoutTheArtifactOfLibtorchAllElseWorks() throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        !entry.replace('\\', '/').matches(".*(/java/torch/|quantvoice-torch|pytorch|openblas).*"))
                .collect(Collectors.joining(File.pathSeparator));
        Path audio = Qv.ROOT.resolve("examples/audio/george-02.flac");
        Process transcribe = start(classPath, List.of("transcribe", audio.toString()));
        assertThat(transcribe.waitFor()).as(errors()).isZero();
        assertThat(Files.readString(dir.resolve("out.txt"))).isNotBlank();

        Path out = dir.resolve("none.pt");
        Process qat =
                start(classPath, List.of("qat", Qv.FLOAT.toString(), "--on", corpus.toString(), "-o", out.toString()));
        assertThat(qat.waitFor()).as(errors()).isEqualTo(QuantVoice.FAILED);
        assertThat(errors())
                .startsWith("error: got engine LIBTORCH, which is not on the class path; expected NATIVE")
                .contains("add the artifact quantvoice-torch");

        Path floats = dir.resolve("float.qv");
        Qv.Result plain = Qv.run("quantize", Qv.FLOAT, "-o", floats, "--weights", "float", "--threads", 1);
        assertThat(plain.code()).as(plain.toString()).isZero();
        Process tune = start(
                classPath,
                List.of(
                        "tune",
                        "--model",
                        floats.toString(),
                        "--on",
                        corpus.toString(),
                        "--budget",
                        "1.5MB",
                        "--calibration",
                        "hessian",
                        "-o",
                        dir.resolve("none.qv").toString()));
        assertThat(tune.waitFor()).as(errors()).isEqualTo(QuantVoice.FAILED);
        assertThat(errors())
                .startsWith("error: got the calibration HESSIAN for " + floats + ", which cannot be differentiated")
                .contains("a float model in TorchScript, and quantvoice-torch on the class path");
    }

    private Process start(String classPath, List<String> command) throws IOException {
        return new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        ProcessHandle.current().info().command().orElseThrow(),
                                        "-cp",
                                        classPath,
                                        "org.quantvoice.cli.Main"),
                                command.stream())
                        .toList())
                .redirectError(dir.resolve("errors.txt").toFile())
                .redirectOutput(dir.resolve("out.txt").toFile())
                .start();
    }

    private String errors() throws IOException {
        return Files.readString(dir.resolve("errors.txt"));
    }
}
