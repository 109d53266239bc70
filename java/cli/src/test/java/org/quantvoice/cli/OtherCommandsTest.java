package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;

class OtherCommandsTest {
    @Test
    void versionNamesCommitAndKernels() {
        Qv.Result result = Qv.run("--version");
        assertThat(result.code()).isZero();
        assertThat(result.out()).matches("qv \\d\\S+ \\(commit \\w+\\)\\Rkernels: \\w+, \\d+ threads.*\\R");
    }

    @Test
    void helpListsTheCommands() {
        Qv.Result result = Qv.run("--help");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("transcribe", "quantize", "eval", "bench", "run", "inspect", "decode", "doctor");
    }

    @Test
    void wrongUsageIsExitCode2() {
        assertThat(Qv.run().code()).isEqualTo(2);
        assertThat(Qv.run("no-such-command").code()).isEqualTo(2);
        assertThat(Qv.run("transcribe").code()).isEqualTo(2);
        assertThat(Qv.run("transcribe", "--no-such-option", "x").code()).isEqualTo(2);
        Qv.Result result = Qv.run("quantize", Qv.FLOAT);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).startsWith("error: ").contains("--output").doesNotContain("\tat ");
    }

    /** Its tests are in java/spark; here there are no jars of Spark. */
    @Test
    void batchWithoutSparkSaysWhereToGetIt() {
        Qv.Result result = Qv.run("batch", "archive", "-o", "out");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("error: got no Spark on the class path")
                .contains("docs/batch.md");
        Qv.Result cluster = Qv.run("batch", "archive", "-o", "out", "--master", "spark://host:7077");
        assertThat(cluster.code()).isEqualTo(2);
        assertThat(cluster.err()).contains("spark-submit");
        assertThat(Qv.run("batch", "archive", "-o", "out", "--retry-failed").code())
                .isEqualTo(2);
        assertThat(Qv.run("batch", "archive").code()).isEqualTo(2);
    }

    @Test
    void inspectShowsTheModulesOfAModel() {
        JsonNode root = Qv.run("inspect", Qv.FLOAT, "--json").json();
        // 32 less than were trained: the gains of the positional convolution's weight norm are folded in the file
        assertThat(root.get("parameters").asLong()).isEqualTo(2_334_257 - 32);
        JsonNode conv = null;
        for (JsonNode module : root.get("modules")) {
            if (module.get("path").asText().endsWith("feature_extractor.conv_layers.0.conv")) {
                conv = module;
            }
        }
        assertThat(conv).isNotNull();
        assertThat(conv.get("type").asText()).isEqualTo("Conv1d");
        assertThat(conv.get("weightShape").toString()).isEqualTo("[128,1,10]");
        assertThat(conv.get("quantizable").toString()).isEqualTo("[\"static\"]");

        Qv.Result text = Qv.run("inspect", Qv.FLOAT);
        assertThat(text.out())
                .containsPattern("static +dynamic +float16")
                .containsPattern("conv_layers\\.0\\.conv +Conv1d +128x1x10.* yes +- +-")
                .containsPattern("ctc_lin\\.w +Linear.* yes +yes +yes");
    }

    @Test
    void inspectShowsThePlanOfTheDefaultModel() {
        JsonNode plan = Qv.run("inspect", "digits", "--plan", "--seconds", "1", "--threads", 1, "--json")
                .json()
                .at("/parts/model");
        assertThat(plan.get("steps").findValuesAsText("operator")).contains("gemm", "norm_rows", "attention");
        assertThat(plan.get("arenaBytes").asLong()).isPositive();
        assertThat(Qv.run("inspect", "digits", "--plan", "--seconds", "1").out())
                .contains("GOPS")
                .contains("encoder.wav2vec2.model.encoder.layers.0.attention");
    }

    @Test
    void inspectShowsThePlanOfAStreamingModel() {
        JsonNode parts = Qv.run("inspect", "u2-digits", "--plan", "--seconds", "1.5", "--threads", 1, "--json")
                .json()
                .get("parts");
        for (String part : List.of("encoder", "ctc", "decoder")) {
            assertThat(parts.get(part).get("steps").findValuesAsText("operator"))
                    .as(part)
                    .contains("gemm");
        }
        Qv.Result late = Qv.run("inspect", "u2-digits", "--plan", "--seconds", "0.5");
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("48 feature frames").contains("at least 67");
    }

    @Test
    void inspectShowsProvenanceAndWhatStayedFloat() {
        JsonNode plan = Qv.run("inspect", "digits", "--plan", "--seconds", "1", "--json")
                .json()
                .at("/parts/model");
        assertThat(plan.get("peakGops")).hasSize(3);
        assertThat(plan.get("floatOperators").findValuesAsText("reason")).isNotEmpty();
        assertThat(Qv.run("inspect", "digits", "--json")
                        .json()
                        .get("provenance")
                        .has("sourceSha256"))
                .isTrue();
        assertThat(Qv.run("inspect", "digits").out()).contains("sourceSha256: ");
    }

    @Test
    void doctorFindsThisMachineHealthy() {
        Qv.Result result = Qv.run("doctor", "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        JsonNode root = result.json();
        assertThat(root.get("ok").asBoolean()).isTrue();
        assertThat(root.findValuesAsText("name")).contains("java", "cache", "kernels", "engines", "LIBTORCH");
        assertThat(Qv.run("doctor").out()).contains("kernels").contains("runs the default model");
        assertThat(QuantSession.defaultThreads()).isPositive();
    }
}
