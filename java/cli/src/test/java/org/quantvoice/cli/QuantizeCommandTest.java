package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");

    @TempDir
    Path dir;

    @Test
    void withoutNamesAndAudioEveryLinearIsDynamic() throws IOException {
        Path out = dir.resolve("int8.pt");
        JsonNode report = Qv.run("quantize", Qv.FLOAT, "-o", out, "--threads", 1, "--json")
                .json();
        assertThat(report.fieldNames())
                .toIterable()
                .contains("model", "engine", "backend", "output", "bytesBefore", "bytesAfter", "layers");
        assertThat(report.get("layers").findValuesAsText("method")).hasSize(29).containsOnly("DYNAMIC");
        assertThat(report.get("layers").findValuesAsText("type")).containsOnly("Linear");
        // entries of the archive are named after the file, so sizes differ by some bytes
        assertThat((double) Files.size(out)).isCloseTo(report.get("bytesAfter").asDouble(), withinPercentage(1));
        assertThat(report.get("bytesAfter").asLong() * 2)
                .isLessThan(report.get("bytesBefore").asLong());
        assertThat(dir.resolve("int8.tokens.json")).exists();

        Qv.Result eval = Qv.run("eval", "--model", out, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
    }

    @Test
    void withAudioConvolutionsAreStaticAndTheGuardKeepsTheFirst() {
        Path out = dir.resolve("int8.pt");
        Qv.Result result =
                Qv.run("quantize", Qv.FLOAT, "-o", out, "--calibrate", CALIB, "--calibrate-limit", 3, "--threads", 1);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.out())
                .contains("kept float: encoder.wav2vec2.model.feature_extractor.conv_layers.0.conv: ")
                .containsPattern("7 static, 29 dynamic, 1 kept float; 9\\.42 MB -> 2\\.\\d\\d MB");
        Qv.Result eval = Qv.run("eval", "--model", out, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
    }

    @Test
    void namesAndBackendAreObeyed() {
        Path out = dir.resolve("int8.pt");
        JsonNode report = Qv.run(
                        "quantize",
                        Qv.FLOAT,
                        "-o",
                        out,
                        "--dynamic",
                        "encoder.enc,ctc_lin",
                        "--backend",
                        "qnnpack",
                        "--threads",
                        1,
                        "--json")
                .json();
        assertThat(report.get("layers").findValuesAsText("path"))
                .containsExactlyInAnyOrder(
                        "encoder.enc.linear1.w", "encoder.enc.linear2.w", "encoder.enc.linear3.w", "ctc_lin.w");
        assertThat(report.get("backend").asText()).isEqualTo("QNNPACK");
    }

    /** A model with layers that the native engine lacks. */
    static Path layers(Path folder) throws IOException {
        Files.copy(Qv.DIGITS.resolve("model/tokens.json"), folder.resolve("layers.tokens.json"));
        return Files.copy(
                Qv.ROOT.resolve("java/torch/src/test/resources/layers/layers.pt"), folder.resolve("layers.pt"));
    }

    @Test
    void noOtherEnginesFileGetsTheNameOfThisOnes() throws IOException {
        Path model = layers(dir);
        Path qv = dir.resolve("m.qv");
        Qv.Result refused = Qv.run("quantize", model, "-o", qv, "--dynamic", "lstm");
        assertThat(refused.code()).as(refused.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(refused.err()).contains("error: got operator ").doesNotContain("WARN");
        assertThat(qv).doesNotExist();
        Path script = dir.resolve("m.pt");
        Qv.Result taken = Qv.run("quantize", model, "-o", script, "--dynamic", "lstm");
        assertThat(taken.code()).as(taken.toString()).isZero();
        assertThat(script).exists();
    }

    @Test
    void savedRangesMakeTheSameFileWithoutAudio() throws IOException {
        String layers = "encoder.wav2vec2.model.feature_projection,encoder.enc";
        Path ranges = dir.resolve("ranges.json");
        Path heard = dir.resolve("heard.qv");
        Path read = dir.resolve("read.qv");
        Object[] options = {"quantize", Qv.FLOAT, "--static", layers, "--threads", 1};
        Qv.Result first =
                run(options, "-o", heard, "--calibrate", CALIB, "--calibrate-limit", 3, "--save-ranges", ranges);
        assertThat(first.code()).as(first.toString()).isZero();
        assertThat(ranges).content().contains("encoder.enc");
        Qv.Result second = run(options, "-o", read, "--ranges", ranges);
        assertThat(second.code()).as(second.toString()).isZero();
        assertThat(model(read)).isEqualTo(model(heard));

        Path changed = dir.resolve("other.qv");
        Qv.Result third = run(options, "-o", changed, "--calibrate", CALIB, "--calibrate-limit", 1);
        assertThat(third.code()).as(third.toString()).isZero();
        assertThat(model(changed))
                .as("other audio, other ranges: else this test proves nothing")
                .isNotEqualTo(model(heard));

        Qv.Result other = run(options, "-o", dir.resolve("heard.pt"), "--ranges", ranges);
        assertThat(other.code()).as(other.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(other.err()).contains("with those of outputs for none of the static ones");
    }

    @Test
    void savedRangesMakeTheSameTorchScriptWithoutAudio() {
        String layers = "encoder.wav2vec2.model.feature_projection,encoder.enc";
        Path ranges = dir.resolve("ranges.json");
        Path heard = dir.resolve("heard.pt");
        Path read = dir.resolve("read.pt");
        Object[] options = {"quantize", Qv.FLOAT, "--static", layers, "--threads", 1};
        Qv.Result first =
                run(options, "-o", heard, "--calibrate", CALIB, "--calibrate-limit", 3, "--save-ranges", ranges);
        assertThat(first.code()).as(first.toString()).isZero();
        assertThat(ranges).content().contains("encoder.enc", "outputs");
        Qv.Result second = run(options, "-o", read, "--ranges", ranges);
        assertThat(second.code()).as(second.toString()).isZero();
        assertThat(second.out().lines().filter(l -> l.contains("static,") || l.contains("kept float:")))
                .hasSameSizeAs(first.out()
                        .lines()
                        .filter(l -> l.contains("static,") || l.contains("kept float:"))
                        .toList());
        assertThat(transcripts(read)).isEqualTo(transcripts(heard));
        Qv.Result wider = run(options, "-o", dir.resolve("native.qv"), "--ranges", ranges);
        assertThat(wider.code())
                .as("the native engine takes their inputs: " + wider)
                .isZero();
    }

    private static String transcripts(Path model) {
        Qv.Result result = Qv.run(
                "eval", "--model", model, Qv.DIGITS.resolve("test/test.tsv"), "--limit", 4, "--threads", 1, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        return result.json().get("wer").toString() + result.json().get("cer");
    }

    /** What a .qv file computes: all of it but the notes on how it was made. */
    private static Map<String, String> model(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[Math.toIntExact(bytes.getLong())];
        bytes.get(header);
        ObjectNode entries = (ObjectNode) new ObjectMapper().readTree(header);
        ObjectNode metadata = (ObjectNode) entries.remove("__metadata__");
        Map<String, String> model = new TreeMap<>(Map.of("tensors", entries.toString()));
        metadata.fields()
                .forEachRemaining(e -> model.put(e.getKey(), e.getValue().asText()));
        model.keySet().removeIf(key -> key.startsWith("provenance."));
        model.put("bytes", Integer.toHexString(bytes.slice().hashCode()));
        return model;
    }

    private static Qv.Result run(Object[] first, Object... more) {
        return Qv.run(Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray());
    }

    @Test
    void aFailureLeavesTheOldFileWhole() throws IOException {
        Path out = Files.writeString(dir.resolve("old.pt"), "old");
        assertThat(Qv.run("quantize", Qv.FLOAT, "-o", out, "--dynamic", "encoder.none")
                        .code())
                .isEqualTo(1);
        assertThat(out).hasContent("old");
        assertThat(dir.toFile().list()).isEqualTo(List.of("old.pt").toArray());
    }

    @Test
    void theTableComparesRecipes() {
        Object[] args = {
            "eval",
            "--model",
            Qv.FLOAT,
            "--table",
            "--unguarded",
            "--static",
            "encoder.wav2vec2.model.feature_projection",
            "--dynamic",
            "encoder.enc",
            "--calibrate",
            CALIB,
            "--calibrate-limit",
            2,
            "--backends",
            "FBGEMM",
            "--limit",
            2,
            "--threads",
            1,
            TEST
        };
        Qv.Result text = Qv.run(args);
        assertThat(text.code()).as(text.toString()).isZero();
        assertThat(text.out().lines())
                .hasSize(9)
                .element(0)
                .isEqualTo("| recipe | engine | WER % | CER % | RTF, model | RTF, whole | MB |");
        assertThat(text.out())
                .contains("| static + dynamic | LIBTORCH FBGEMM | 0.00 |")
                .contains("| static + dynamic, guard off | LIBTORCH FBGEMM |")
                .contains("| static + dynamic | NATIVE | 0.00 |")
                .doesNotContain("guard off | NATIVE");
    }
}
