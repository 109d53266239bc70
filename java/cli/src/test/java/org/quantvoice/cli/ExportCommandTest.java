package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files compute is tested in java/onnx. */
class ExportCommandTest {
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");

    @TempDir
    Path dir;

    @Test
    void severalFormatsGetTheirEndings() throws Exception {
        Path stem = dir.resolve("digits");
        Qv.Result result = Qv.run(
                "export",
                "--model",
                Qv.FLOAT,
                "--to",
                "torchscript,mobile,onnx",
                "--precision",
                "dynamic",
                "-o",
                stem,
                "--threads",
                1,
                "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        JsonNode document = result.json();
        assertThat(document.get("precision").asText()).isEqualTo("DYNAMIC");
        assertThat(document.get("files").findValuesAsText("path"))
                .containsExactly(stem + ".pt", stem + ".ptl", stem + ".onnx");
        for (JsonNode file : document.get("files")) {
            assertThat(Files.size(Path.of(file.get("path").asText())))
                    .isEqualTo(file.get("bytes").asLong())
                    .isLessThan(5_000_000);
        }
        try (ZipFile mobile = new ZipFile(stem + ".ptl")) {
            assertThat(mobile.stream().map(e -> e.getName()))
                    .anyMatch(name -> name.endsWith("/bytecode.pkl"))
                    .anyMatch(name -> name.endsWith("extra/quantvoice.properties"));
        }
        for (String ending : new String[] {".pt", ".ptl"}) {
            Qv.Result eval = Qv.run(
                    "eval",
                    "--model",
                    stem + ending,
                    "--vocabulary",
                    Qv.DIGITS.resolve("model/tokens.json"),
                    "--engine",
                    "libtorch",
                    TEST,
                    "--limit",
                    3,
                    "--threads",
                    1,
                    "--json");
            assertThat(eval.code()).as(eval.toString()).isZero();
            assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
        }
    }

    @Test
    void theDefaultModelGoesToOnnxInParts() {
        Path folder = dir.resolve("parts");
        Qv.Result result = Qv.run("export", "--to", "onnx", "--parts", "-o", folder);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out()).contains("encoder.onnx: 2.", "ctc.onnx: 0.0");
        assertThat(folder.resolve("encoder.onnx")).exists();
    }

    @Test
    void aStreamingModelAlwaysComesInParts() {
        Path folder = dir.resolve("u2");
        Qv.Result result = Qv.run(
                "export", "--model", "u2-digits", "--to", "onnx", "--precision", "dynamic", "-o", folder, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("files").findValuesAsText("path"))
                .containsExactly(
                        folder.resolve("encoder.onnx").toString(),
                        folder.resolve("ctc.onnx").toString(),
                        folder.resolve("decoder.onnx").toString());
        assertThat(result.json().get("files").get(0).get("bytes").asLong()).isLessThan(3_000_000);
    }

    @Test
    void staticFormsNeedAudio() {
        Path file = dir.resolve("qdq.onnx");
        Qv.Result without = Qv.run("export", "--model", Qv.FLOAT, "--to", "onnx", "--precision", "qdq", "-o", file);
        assertThat(without.code()).as(without.toString()).isEqualTo(QuantVoice.USAGE);
        assertThat(without.err()).contains("--calibrate");
        Qv.Result with = Qv.run(
                "export",
                "--model",
                Qv.FLOAT,
                "--to",
                "onnx",
                "--precision",
                "qdq",
                "-o",
                file,
                "--calibrate",
                CALIB,
                "--calibrate-limit",
                2,
                "--observer",
                "min_max");
        assertThat(with.code()).as(with.toString()).isZero();
        assertThat(file).exists();
    }

    @Test
    void whatCannotBeDoneIsSaidAndLeavesNothing() {
        Path file = dir.resolve("out");
        Qv.Result script = Qv.run("export", "--to", "torchscript", "-o", file);
        assertThat(script.code()).as(script.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(script.err()).contains("digits.qv", "export from the .pt file");
        Qv.Result none = Qv.run("export", "--to", "onnx", "-o", "/proc/no/such/folder.onnx");
        assertThat(none.code()).as(none.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(none.err()).contains("/proc/no/such, which cannot be made");
        assertThat(Qv.run("export", "--to", "onnx,torchscript", "--parts", "-o", file)
                        .code())
                .isEqualTo(QuantVoice.USAGE);
        assertThat(Qv.run("export", "--to", "keras", "-o", file).code()).isEqualTo(QuantVoice.USAGE);
        assertThat(Qv.run("export", "--to", "onnx", "--dynamic", "ctc_lin", "-o", file)
                        .code())
                .isEqualTo(QuantVoice.USAGE);
        assertThat(dir).isEmptyDirectory();
    }
}
