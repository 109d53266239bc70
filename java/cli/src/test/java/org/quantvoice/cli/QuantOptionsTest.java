package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each option of quantization is used or refused, whatever the command. */
public class QuantOptionsTest {
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");
    private static final String PROJECTION = "encoder.wav2vec2.model.feature_projection";
    private static final String HEAD = "encoder.enc.linear1";

    @TempDir
    Path dir;

    private static Qv.Result run(String command, Object... args) {
        List<Object> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(args));
        return Qv.run(all.toArray());
    }

    private static Qv.Result ok(String command, Object... args) {
        Qv.Result result = run(command, args);
        assertThat(result.code()).as(result.toString()).isZero();
        return result;
    }

    private JsonNode quantized(Path out, Object... options) {
        List<Object> args = new ArrayList<>(List.of(Qv.FLOAT, "-o", out, "--calibrate", CALIB, "--calibrate-limit", 1));
        args.addAll(List.of(options));
        ok("quantize", args.toArray());
        return ok("inspect", out, "--json").json().get("provenance");
    }

    @Test
    void theFileTellsWhatWasAsked() {
        Path out = dir.resolve("int8.qv");
        Path ranges = dir.resolve("ranges.json");
        JsonNode preset =
                quantized(out, "--static", PROJECTION, "--preset", "FBGEMM", "--symmetric", "--save-ranges", ranges);
        assertThat(preset.get("activations").asText()).isEqualTo("preset FBGEMM, symmetric");
        assertThat(preset.get("observer").asText()).isEqualTo("HISTOGRAM");
        assertThat(ranges).content().contains("\"levels\": 127", "\"zeroPoint\": 64");
        JsonNode searched = quantized(
                out, "--static", PROJECTION, "--dynamic", HEAD, "--weights", HEAD + "=int4", "--calibration", "MSE");
        assertThat(searched.get("objective").asText()).isEqualTo("MSE");
        assertThat(searched.get("weights").asText()).isEqualTo(HEAD + "=int4");
        assertThat(searched.has("activations")).isFalse();
    }

    /** Without names all layers are static that can be, since scales are moved for their sake. */
    @Test
    void smoothMakesAllLayersStatic() {
        Path out = dir.resolve("int8.qv");
        JsonNode smooth = quantized(out, "--calibration", "smooth", "--threads", 2);
        assertThat(smooth.get("objective").asText()).isEqualTo("SMOOTH");
        assertThat(smooth.get("dynamic").asText()).isEmpty();
        Qv.Result eval = ok("eval", "--model", out, Qv.DIGITS.resolve("test/test.tsv"), "--limit", 4, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantize", "tune"})
    void rangesOfSmoothedModelsAreNotSaved(String command) {
        List<Object> args = new ArrayList<>(List.of("-o", dir.resolve("int8.qv"), "--calibration", "smooth"));
        args.addAll(List.of("--save-ranges", dir.resolve("ranges.json")));
        args.addAll(
                command.equals("tune")
                        ? List.of("--model", Qv.FLOAT, "--average-bits", 6, "--on", CALIB)
                        : List.of(Qv.FLOAT, "--calibrate", CALIB));
        Qv.Result result = run(command, args.toArray());
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.USAGE);
        assertThat(result.err()).contains("--save-ranges with --calibration smooth");
        assertThat(dir).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "--preset QNNPACK --calibration MSE --dynamic encoder.enc, the preset QNNPACK and the calibration MSE",
        "--symmetric --dynamic encoder.enc, no static module",
        "--reduce-range, no static module",
        "--dynamic encoder.enc --weights encoder.encs=int4, module encoder.encs",
        "--dynamic encoder.enc --weights ctc_lin=int4, weights int4 for module ctc_lin",
        "--calibration smooth --dynamic encoder.enc, the calibration SMOOTH and no calibration audio",
        "--calibration COSINE --dynamic encoder.enc, the calibration COSINE and no calibration audio",
    })
    void whatCannotBeUsedIsRefused(String options, String message) {
        List<Object> args = new ArrayList<>(List.of(Qv.FLOAT, "-o", dir.resolve("int8.qv")));
        args.addAll(List.of(options.split(" ")));
        Qv.Result result = run("quantize", args.toArray());
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(result.err()).contains(message);
        assertThat(dir).isEmptyDirectory();
    }

    /** Weights that are set stay, and the ranges that tuning finds spare a later calibration. */
    @Test
    void tuningTakesTheSameOptions() {
        Path out = dir.resolve("tuned.qv");
        Path ranges = dir.resolve("ranges.json");
        Object[] common = {
            "--model",
            Qv.FLOAT,
            "--average-bits",
            6,
            "--on",
            CALIB,
            "--limit",
            1,
            "-o",
            out,
            "--json",
            "--static",
            PROJECTION,
            "--dynamic",
            "encoder.enc",
            "--calibration",
            "MIN_MAX"
        };
        List<Object> first = new ArrayList<>(List.of(common));
        first.addAll(List.of("--weights", HEAD + "=float", "--observer", "MIN_MAX", "--save-ranges", ranges));
        JsonNode json = ok("tune", first.toArray()).json();
        assertThat(json.get("layers").findValuesAsText("path")).hasSize(3).doesNotContain(HEAD + ".w");
        assertThat(json.get("layers").findValuesAsText("bits")).allMatch(bits -> Integer.parseInt(bits) <= 16);
        JsonNode facts = ok("inspect", out, "--json").json().get("provenance");
        assertThat(facts.get("observer").asText()).isEqualTo("MIN_MAX");
        assertThat(facts.get("weights").asText()).isEqualTo(HEAD + "=float");
        assertThat(ranges).content().contains(PROJECTION);
        List<Object> again = new ArrayList<>(List.of(common));
        again.addAll(List.of("--ranges", ranges));
        ok("tune", again.toArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "onnx dynamic --observer MIN_MAX",
                "onnx dynamic --ranges none.json",
                "onnx dynamic --no-guard",
                "torchscript dynamic --static " + PROJECTION,
                "torchscript dynamic --calibrate none.tsv",
                "onnx float --weights int4",
                "onnx float --preset X86",
                "onnx qdq",
            })
    void exportsRefuseWhatTheyCannotUse(String line) {
        List<Object> args = new ArrayList<>(List.of("--model", Qv.FLOAT, "-o", dir.resolve("out"), "--to"));
        String[] words = line.split(" ");
        args.addAll(List.of(words[0], "--precision"));
        args.addAll(List.of(words).subList(1, words.length));
        Qv.Result result = run("export", args.toArray());
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.USAGE);
        assertThat(dir).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench --lengths 1 --calibrate-limit 3",
                "bench --lengths 1 --no-guard",
                "quantize model.pt -o out.qv --calibrate-limit 3",
                "serve --port 0 --float --observer MIN_MAX",
            })
    void optionsWithoutEffectAreRefused(String line) {
        List<String> words = List.of(line.split(" "));
        Qv.Result result = run(words.get(0), words.subList(1, words.size()).toArray());
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.USAGE);
        assertThat(result.toString()).contains("expected");
    }

    @Test
    void exportsUseTheRest() throws Exception {
        Path floats = exported("float.onnx", "as_is");
        Path four = exported("weights.onnx", "as_is", "--weights", "int4");
        Path dynamic = exported("dynamic.onnx", "dynamic");
        Path half = exported("half.onnx", "dynamic", "--weights", "encoder.wav2vec2.model.encoder=float");
        assertThat(Files.size(four)).isLessThan(Files.size(floats) / 2);
        assertThat(Files.size(half)).isGreaterThan(Files.size(dynamic) * 3 / 2);
        Path ranges = dir.resolve("ranges.json");
        ok(
                "quantize",
                Qv.FLOAT,
                "-o",
                dir.resolve("all.qv"),
                "--static",
                "",
                "--calibrate",
                CALIB,
                "--calibrate-limit",
                1,
                "--save-ranges",
                ranges);
        Path known = exported("known.onnx", "qdq", "--ranges", ranges);
        assertThat(Files.size(known)).isLessThan(Files.size(floats) / 2);
    }

    private Path exported(String name, String precision, Object... options) {
        Path file = dir.resolve(name);
        List<Object> args =
                new ArrayList<>(List.of("--model", Qv.FLOAT, "--to", "onnx", "--precision", precision, "-o", file));
        args.addAll(List.of(options));
        ok("export", args.toArray());
        return file;
    }
}
