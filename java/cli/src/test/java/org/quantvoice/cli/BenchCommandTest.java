package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
    @TempDir
    Path folder;

    @Test
    void tunesAndSaves() {
        Path saved = folder.resolve("tuned.qv");
        JsonNode root = Qv.run(
                        "bench", "--seconds", "0.5", "--runs", 2, "--threads", 1, "--tune", "--save", saved, "--json")
                .json();
        assertThat(root.get("tuning")).isNotEmpty();
        for (JsonNode choice : root.get("tuning")) {
            assertThat(choice.get("millis").has(choice.get("chosen").asText())).isTrue();
        }
        assertThat(Qv.run("inspect", saved, "--plan", "--seconds", "0.5").code())
                .isZero();
        assertThat(Qv.run("bench", "--save", saved).code()).isEqualTo(2);
        assertThat(Qv.run("bench", "--tune", "--model", Qv.FLOAT, "--engine", "libtorch", "--seconds", "0.5")
                        .code())
                .isEqualTo(2);
        Qv.Result streaming = Qv.run("bench", "--tune", "--model", "u2-digits", "--seconds", "0.5");
        assertThat(streaming.code()).isEqualTo(2);
        assertThat(streaming.err()).contains("a streaming model; expected a model of whole utterances");
    }

    @Test
    void hasStableKeys() {
        JsonNode root = Qv.run("bench", "--seconds", "0.5", "--runs", 3, "--threads", 1, "--json")
                .json();
        assertThat(root.fieldNames())
                .toIterable()
                .contains(
                        "rtfMin",
                        "rtfMedian",
                        "audioSeconds",
                        "threads",
                        "loadSeconds",
                        "peakRssBytes",
                        "engine",
                        "isa");
        assertThat(root.get("rtfMin").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(root.get("rtfMedian").asDouble());
        assertThat(root.get("threads").asInt()).isEqualTo(1);
        assertThat(root.get("peakRssBytes").asLong()).isGreaterThan(50_000_000);
        assertThat(Qv.run("bench", "--seconds", "0.5", "--runs", 2, "--threads", 1)
                        .out())
                .contains("RTF ");
    }

    @Test
    void eachLengthIsARowShortestFirst() {
        JsonNode root = Qv.run("bench", "--lengths", "1.5,0.5,1", "--runs", 2, "--threads", 1, "--json")
                .json();
        assertThat(root.get("lengths").findValuesAsText("audioSeconds")).containsExactly("0.5", "1.0", "1.5");
        long peak = 0;
        for (JsonNode length : root.get("lengths")) {
            assertThat(length.get("rtfMin").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(length.get("rtfMedian").asDouble());
            assertThat(length.get("peakRssBytes").asLong()).isGreaterThanOrEqualTo(Math.max(peak, 50_000_000));
            peak = length.get("peakRssBytes").asLong();
            assertThat(length.has("callers")).isFalse();
        }
        assertThat(Qv.run("bench", "--lengths", "1,0.5", "--runs", 1, "--threads", 1)
                        .out())
                .containsPattern("(?s)audio s +RTF best +RTF median +peak MB .*\\R0\\.5 .*\\R1\\.0 ")
                .contains("1 runs of each");
    }

    @Test
    void callersTogetherAreComparedWithOne() {
        Object[] common = {"bench", "--callers", 3, "--lengths", "0.5", "--runs", 3, "--threads", 1};
        JsonNode length = Qv.run(withJson(common)).json().get("lengths").get(0);
        assertThat(length.get("callers").asInt()).isEqualTo(3);
        double together = length.get("throughput").asDouble();
        double one = length.get("throughputOneCaller").asDouble();
        assertThat(together).isPositive();
        assertThat(one).isPositive();
        assertThat(length.get("throughputRatio").asDouble()).isCloseTo(together / one, within(1e-9));
        assertThat(Qv.run(common).out()).contains("audio s/s, 1 caller");
        assertThat(Qv.run("bench", "--callers", 2, "--seconds", "0.5", "--runs", 1)
                        .out())
                .containsPattern("2 callers: [0-9.]+ s of audio a second; one caller: [0-9.]+; ratio [0-9.]+\\R");
    }

    private static Object[] withJson(Object[] words) {
        Object[] all = Arrays.copyOf(words, words.length + 1);
        all[words.length] = "--json";
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--threads 0",
                "--seconds 0",
                "--seconds NaN",
                "--seconds 1e12",
                "--engine abacus",
                "--callers 0",
                "--callers -1",
                "--callers many",
                "--callers",
                "--lengths",
                "--lengths=",
                "--lengths=,",
                "--lengths 1,0",
                "--lengths 1,,2",
                "--lengths 1,x",
                "--lengths NaN",
                "--lengths -1",
                "--lengths 1 --seconds 1",
                "--lengths 1 --tune",
                "--isa=",
                "--isa"
            })
    void wrongValuesAreWrongUsage(String options) {
        Object[] words = ("bench --runs 1 " + options).split(" ");
        Qv.Result result = Qv.run(words);
        assertThat(result.code()).as(result.toString()).isEqualTo(2);
        assertThat(result.err()).as(result.toString()).startsWith("error: ").doesNotContain("\tat ");
    }

    @Test
    void theTierIsForcedForAProcess() throws Exception {
        try (QvProcess process = new QvProcess(
                folder, "bench", "--isa", "scalar", "--seconds", "0.2", "--runs", 1, "--threads", 1, "--json")) {
            process.awaitEnd();
            assertThat(process.exitCode()).as(process.errors()).isZero();
            assertThat(process.out()).contains("\"isa\": \"scalar\"");
        }
    }

    @Test
    void aTierThatTheCpuLacksIsRefused() throws Exception {
        try (QvProcess process = new QvProcess(folder, "bench", "--isa", "sse9", "--seconds", "0.2")) {
            process.awaitEnd();
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.errors())
                    .startsWith("error: got unknown tier sse9; expected one of: scalar")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aTierIsNotChangedInAProcessThatUsesAnother() {
        assertThat(Qv.run("bench", "--seconds", "0.2", "--runs", 1).code()).isZero();
        Qv.Result result = Qv.run("bench", "--isa", "sse9", "--seconds", "0.2", "--json");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.json().at("/error/type").asText()).isEqualTo("EngineException");
        assertThat(result.err()).contains("tier 'sse9' for a process that uses ");
    }

    @Test
    void libtorchHasNoTiers() {
        String used = Qv.run("bench", "--seconds", "0.2", "--runs", 1, "--json")
                .json()
                .get("isa")
                .asText();
        Qv.Result result =
                Qv.run("bench", "--isa", used, "--model", Qv.FLOAT, "--engine", "libtorch", "--seconds", "0.2");
        assertThat(result.code()).as(result.toString()).isEqualTo(2);
        assertThat(result.err()).contains("--isa").contains("LIBTORCH");
    }
}
