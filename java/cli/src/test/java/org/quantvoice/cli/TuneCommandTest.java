package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneCommandTest {
    private static final Path TEST = Qv.DIGITS.resolve("test/test.tsv");
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");
    private static final Path U2 = Qv.ROOT.resolve("models/u2-digits/model/u2-digits-float.pt");
    private static final long BUDGET = 1_500_000;

    @TempDir
    Path dir;

    @Test
    void aBudgetIsMetAndTheReportIsWhole() throws IOException {
        Path out = dir.resolve("tuned.qv");
        Path folder = dir.resolve("report");
        Qv.Result result = Qv.run(
                "tune",
                "--model",
                Qv.FLOAT,
                "--budget",
                "1.5MB",
                "--on",
                CALIB,
                "--limit",
                1,
                "-o",
                out,
                "--threads",
                1,
                "--sensitivity",
                "mean",
                "--calibration",
                "cosine",
                "--report",
                folder,
                "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        JsonNode json = result.json();
        assertThat(json.get("sensitivity").asText()).isEqualTo("MEAN");
        assertThat(json.get("calibration").asText()).isEqualTo("COSINE");
        assertThat(Files.size(out)).isEqualTo(json.get("fileBytes").asLong()).isLessThanOrEqualTo(BUDGET);
        assertThat(json.get("memoryBytes").asLong()).isBetween(BUDGET * 98 / 100, BUDGET);
        assertThat(json.get("meanBits").asDouble()).isBetween(4.0, 5.0);
        assertThat(json.get("layers").findValuesAsText("bits")).hasSize(37).containsOnly("4", "5");
        assertThat(Files.readAllLines(folder.resolve("layers.csv"))).hasSize(38);
        checkPage(Files.readString(folder.resolve("index.html")), 0);

        Qv.Result eval = Qv.run("eval", "--model", out, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
        assertThat(eval.json().get("modelBytes").asLong()).isEqualTo(Files.size(out));
    }

    /** Two budgets: the smallest, and that of 8 bits. */
    @Test
    void wordErrorRatesAreMeasuredAgainstSize() throws IOException {
        Path folder = dir.resolve("report");
        JsonNode json = sweep(folder);
        List<String> csv = Files.readAllLines(folder.resolve("pareto.csv"));
        assertThat(csv).hasSize(3).element(0).isEqualTo("budgetBytes,fileBytes,meanBits,wer");
        List<String[]> cells = csv.stream().skip(1).map(r -> r.split(",")).toList();
        assertThat(cells.get(0)[0]).isEqualTo(json.get("smallestBytes").asText());
        assertThat(cells.get(1)[0]).isEqualTo(json.get("int8Bytes").asText());
        assertThat(Double.parseDouble(cells.get(0)[2])).isEqualTo(2);
        assertThat(Double.parseDouble(cells.get(1)[2])).isBetween(7.9, 8.1);
        assertThat(Double.parseDouble(cells.get(1)[3])).as("WER at 8 bits").isZero();
        JsonNode saved = JsonMapper.builder()
                .build()
                .readTree(folder.resolve("tuning.json").toFile());
        for (JsonNode pareto : List.of(json.get("pareto"), saved.get("pareto"))) {
            assertThat(pareto).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(pareto.get(i).get("bytes").asText()).isEqualTo(cells.get(i)[1]);
                assertThat(pareto.get(i).get("meanBits").asText()).isEqualTo(cells.get(i)[2]);
                assertThat(pareto.get(i).get("wer").asText()).isEqualTo(cells.get(i)[3]);
            }
        }
        long before = 0;
        for (JsonNode layer : saved.get("layers")) {
            before += layer.get("nanosBefore").asLong();
            assertThat(layer.get("nanosAfter").asLong()).isNotNegative();
        }
        assertThat(before).isPositive();
        checkPage(Files.readString(folder.resolve("index.html")), 1);
    }

    private JsonNode sweep(Path folder) throws IOException {
        Path few = dir.resolve("few.tsv");
        List<String> rows = new ArrayList<>(Files.readAllLines(TEST).subList(0, 5));
        rows.replaceAll(row -> row.replaceAll("\t([^\t]+\\.flac)\t", "\t" + TEST.getParent() + "/$1\t"));
        Files.write(few, rows);
        Qv.Result result = Qv.run(
                "tune",
                "--model",
                Qv.FLOAT,
                "--budget",
                "1.5MB",
                "--on",
                CALIB,
                "--limit",
                1,
                "-o",
                dir.resolve("tuned.qv"),
                "--report",
                folder,
                "--test",
                few,
                "--points",
                2,
                "--calibration",
                "min_max",
                "--threads",
                1,
                "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        return result.json();
    }

    @Test
    void aTestWithoutTextsIsRefusedBeforeTuning() throws IOException {
        Path silent = dir.resolve("silent.tsv");
        Files.writeString(silent, "id\tspeaker\tfile\na\tx\t" + Qv.DIGITS.resolve("calib/calib-george-00.flac") + "\n");
        Path out = dir.resolve("tuned.qv");
        Qv.Result result = Qv.run(
                "tune",
                "--on",
                CALIB,
                "--budget",
                "2MB",
                "-o",
                out,
                "--report",
                dir.resolve("report"),
                "--test",
                silent);
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(result.err()).contains("without the column text");
        assertThat(dir.resolve("report")).doesNotExist();
    }

    /** All test recordings, greedy: the float model has 2.04 %. */
    @Test
    void anAverageOfFiveBitsIsMetAndKeepsTheWords() {
        Path out = dir.resolve("tuned.qv");
        Qv.Result result = Qv.run(
                "tune", "--model", Qv.FLOAT, "--average-bits", 5, "--on", CALIB, "--limit", 1, "-o", out, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("meanBits").asDouble()).isBetween(4.95, 5.0);
        assertThat(result.json().get("averageBits").asDouble()).isEqualTo(5);
        assertThat(result.json().get("budgetBytes").isNull()).isTrue();
        Qv.Result eval = Qv.run("eval", "--model", out, TEST, "--greedy", "--threads", 1, "--json");
        assertThat(eval.json().get("utterances").asInt()).isEqualTo(120);
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isLessThanOrEqualTo(2.044 + 1.0);
    }

    /** Charts are there, each a document of its own, and nothing is fetched from elsewhere. */
    private static void checkPage(String html, int more) {
        Matcher images = Pattern.compile("src=\"([^\"]{30})").matcher(html);
        int count = 0;
        while (images.find()) {
            assertThat(images.group(1)).startsWith("data:image/svg+xml;base64,");
            count++;
        }
        assertThat(count).isEqualTo(5 + 37 + more);
        assertThat(html).doesNotContain("<script", "http://", "https://").contains("encoder.enc.linear1.w");
    }

    @Test
    void weightsOfChoiceAreQuantizedWithoutABudget() {
        Path out = dir.resolve("mixed.qv");
        Qv.Result result = Qv.run(
                "quantize", Qv.FLOAT, "-o", out, "--weights", "int4,encoder.enc=log4,ctc_lin=float", "--threads", 1);
        assertThat(result.code()).as(result.toString()).isZero();
        Qv.Result eval = Qv.run("eval", "--model", out, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isLessThan(10);
        assertThat(eval.json().get("modelBytes").asLong()).isLessThan(1_400_000);
        Qv.Result torch = Qv.run("quantize", Qv.FLOAT, "-o", dir.resolve("mixed.pt"), "--weights", "int4");
        assertThat(torch.code()).isEqualTo(QuantVoice.FAILED);
        assertThat(torch.err()).contains("engine LIBTORCH; expected int8 weights, or engine NATIVE");
    }

    @Test
    void badOptionsAreRefused() {
        for (List<String> bad : List.of(
                List.of("--budget", "1kB", "the smallest that this model reaches"),
                List.of("--budget", "1GB", "which the float model takes"),
                List.of("--budget", "lots", "expected a number with a unit"))) {
            Qv.Result result = tune(bad.get(0), bad.get(1), dir.resolve("out.qv"));
            assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.FAILED);
            assertThat(result.err()).contains(bad.get(2));
        }
        assertThat(tune("--average-bits", "1.9", dir.resolve("out.qv")).err())
                .contains("expected at least 2 bits a weight on average");
        assertThat(tune("--budget", "2MB", dir.resolve("out.pt")).code()).isEqualTo(QuantVoice.USAGE);
        Qv.Result both =
                Qv.run("tune", "--on", CALIB, "--budget", "2MB", "--average-bits", 5, "-o", dir.resolve("out.qv"));
        assertThat(both.code()).as(both.toString()).isEqualTo(QuantVoice.USAGE);
        Qv.Result none = Qv.run("tune", "--on", CALIB, "-o", dir.resolve("out.qv"));
        assertThat(none.code()).as(none.toString()).isEqualTo(QuantVoice.USAGE);
        Qv.Result test = Qv.run(
                "tune",
                "--model",
                Qv.FLOAT,
                "--on",
                CALIB,
                "--budget",
                "2MB",
                "-o",
                dir.resolve("out.qv"),
                "--test",
                TEST);
        assertThat(test.code()).isEqualTo(QuantVoice.USAGE);
        assertThat(test.err()).contains("got --test with no --report");
        Qv.Result embedded = Qv.run("tune", "--on", CALIB, "--budget", "2MB", "-o", dir.resolve("out.qv"));
        assertThat(embedded.code()).isEqualTo(QuantVoice.FAILED);
        assertThat(embedded.err()).contains("which is quantized already; expected a float model");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void hessianNeedsAModelThatCanBeDifferentiated() throws IOException {
        Path out = dir.resolve("hessian.qv");
        Qv.Result result = hessian(Qv.FLOAT, out);
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("calibration").asText()).isEqualTo("HESSIAN");
        assertThat(Files.size(out))
                .isEqualTo(result.json().get("fileBytes").asLong())
                .isLessThanOrEqualTo(BUDGET);
        Qv.Result eval = Qv.run("eval", "--model", out, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();

        Path floats = dir.resolve("float.qv");
        Qv.Result plain = Qv.run("quantize", Qv.FLOAT, "-o", floats, "--weights", "float", "--threads", 1);
        assertThat(plain.code()).as(plain.toString()).isZero();
        Path none = dir.resolve("none.qv");
        Qv.Result refused = hessian(floats, none);
        assertThat(refused.code()).isEqualTo(QuantVoice.FAILED);
        assertThat(refused.err()).contains("float.qv, which cannot be differentiated", "tune the .pt file");
        assertThat(none).doesNotExist();
    }

    /** All parts share the budget, and the settings of streams are part of the file. */
    @Test
    void aStreamingModelIsTunedAndStreams() throws IOException {
        Path out = dir.resolve("tuned.qv");
        Path folder = dir.resolve("report");
        Qv.Result result = streaming(U2, "1.6MB", out, "--chunk", 16, "--left", 4, "--report", folder, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        JsonNode json = result.json();
        assertThat(Files.size(out)).isEqualTo(json.get("fileBytes").asLong()).isLessThanOrEqualTo(1_600_000);
        assertThat(json.get("memoryBytes").asLong()).isBetween(1_568_000L, 1_600_000L);
        assertThat(json.get("layers").findValuesAsText("bits")).hasSize(91).containsOnly("3", "4");
        assertThat(json.get("stream").get("leftChunks").asInt()).isEqualTo(4);
        List<String> rows = Files.readAllLines(folder.resolve("layers.csv"));
        for (String part : List.of("encoder.", "ctc.", "decoder.")) {
            assertThat(rows).as(part).anyMatch(row -> row.startsWith(part));
        }
        JsonNode saved = JsonMapper.builder()
                .build()
                .readTree(folder.resolve("tuning.json").toFile());
        assertThat(saved.get("layers").findValuesAsText("nanosBefore"))
                .as("times of both passes")
                .filteredOn(nanos -> !nanos.equals("0"))
                .hasSizeGreaterThan(60);
        Qv.Result eval = Qv.run("eval", "--live", "--model", out, TEST, "--limit", 4, "--threads", 1, "--json");
        assertThat(eval.json().get("wer").asDouble()).as(eval.toString()).isZero();
    }

    @Test
    void aBudgetThatAStreamingModelCannotMeetNamesTheLeast() {
        Path out = dir.resolve("tuned.qv");
        Qv.Result result = streaming(U2, "100kB", out);
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(result.err())
                .contains("the smallest that this model reaches")
                .doesNotContain("LIBTORCH");
        Qv.Result whole = Qv.run(
                "tune", "--model", Qv.FLOAT, "--on", CALIB, "--limit", 1, "--budget", "2MB", "-o", out, "--chunk", 8);
        assertThat(whole.code()).as("chunks of a model without: " + whole).isEqualTo(QuantVoice.FAILED);
        assertThat(dir).isEmptyDirectory();
    }

    private static Qv.Result streaming(Path model, String budget, Path out, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("tune", "--model", model, "--on", CALIB, "--limit", 1));
        arguments.addAll(List.of("--budget", budget, "-o", out, "--threads", 1, "--calibration", "min_max"));
        arguments.addAll(List.of(more));
        return Qv.run(arguments.toArray());
    }

    @Test
    void whatTheNativeEngineLacksIsSaidByName() throws IOException {
        Path model = QuantizeCommandTest.layers(dir);
        Path out = dir.resolve("tuned.qv");
        Qv.Result result = Qv.run("tune", "--model", model, "--on", CALIB, "--limit", 1, "--budget", "50kB", "-o", out);
        assertThat(result.code()).as(result.toString()).isEqualTo(QuantVoice.FAILED);
        assertThat(result.err()).contains("error: got operator ").doesNotContain("WARN");
        assertThat(out).doesNotExist();
    }

    private static Qv.Result hessian(Path model, Path out) {
        return Qv.run(
                "tune",
                "--model",
                model,
                "--on",
                CALIB,
                "--limit",
                1,
                "--budget",
                "1.5MB",
                "--calibration",
                "hessian",
                "-o",
                out,
                "--threads",
                1,
                "--json");
    }

    private static Qv.Result tune(String option, String value, Path out) {
        return Qv.run(
                "tune", "--model", Qv.FLOAT, "--on", CALIB, "--limit", 1, option, value, "-o", out, "--threads", 1);
    }
}
