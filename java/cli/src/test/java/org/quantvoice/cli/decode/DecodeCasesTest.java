package org.quantvoice.cli.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.DecoderException;
import picocli.CommandLine;

class DecodeCasesTest {
    private static final Path CASES =
            Path.of(System.getProperty("quantvoice.root", "../..")).resolve("testdata/decoder/cases");
    private static final double TINY_TOLERANCE = 1e-4;

    @TempDir
    static Path folder;

    private static final Map<String, JsonNode> ANSWERS = new HashMap<>();

    @BeforeAll
    static void run() throws IOException {
        Path out = folder.resolve("answers.jsonl");
        int count = DecodeCases.run(CASES, out, true);
        for (String line : Files.readAllLines(out)) {
            JsonNode answer = CaseFiles.JSON.readTree(line);
            ANSWERS.put(answer.path("id").asText(), answer);
        }
        assertThat(ANSWERS).hasSize(count);
    }

    @Test
    void everyCaseFolderPasses() throws IOException {
        try (Stream<Path> entries = Files.list(CASES);
                CaseFiles files = new CaseFiles(CASES)) {
            List<Path> folders = entries.filter(entry -> Files.exists(entry.resolve("case.json")))
                    .toList();
            assertThat(folders).hasSizeGreaterThan(60);
            for (Path test : folders) {
                String id = String.valueOf(test.getFileName());
                assertThat(new CaseJudge(files).faults(test, ANSWERS.get(id)))
                        .as(id)
                        .isEmpty();
            }
        }
    }

    @Test
    void everyTinyCaseIsExact() throws IOException {
        JsonNode tiny =
                CaseFiles.JSON.readTree(CASES.resolve("brute_force_tiny.json").toFile());
        for (JsonNode test : tiny.path("cases")) {
            JsonNode answer = ANSWERS.get("tiny:" + test.path("n").asInt());
            assertThat(answer.path("tokens")).as("tiny %s", test).isEqualTo(test.path("best"));
            assertNear(answer.path("score"), test.path("best_logprob"), "tiny " + test.path("n"));
            for (int i = 0; i < test.path("scores").size(); i++) {
                assertNear(
                        answer.path("scores").path(i),
                        test.path("scores").path(i).path("logprob"),
                        "score " + i + " of tiny " + test.path("n"));
            }
        }
    }

    private static void assertNear(JsonNode got, JsonNode expected, String what) {
        assertThat(got.isNull()).as(what).isEqualTo(expected.isNull());
        assertThat(Math.abs(got.asDouble() - expected.asDouble())).as(what).isLessThanOrEqualTo(TINY_TOLERANCE);
    }

    @Test
    void everySentenceIsScoredAsByKenlmInAllForms() throws IOException {
        int compared = 0;
        for (String name : List.of("scores_bugs.jsonl", "scores_kjv3.jsonl", "scores_kjvchar5.jsonl")) {
            List<String> lines = Files.readAllLines(CASES.resolve("kenlm").resolve(name));
            for (String form : List.of("", "@bugs.probing.bin", "@kjv3.probing.bin", "@kjv3.trie.bin")) {
                for (int i = 0; i < lines.size(); i++) {
                    JsonNode answer = ANSWERS.get("kenlm:" + name + ":" + i + form);
                    if (answer != null) {
                        compared++;
                        assertSame(
                                answer.path("full"),
                                CaseFiles.JSON.readTree(lines.get(i)).path("full"),
                                name + i + form);
                    }
                }
            }
        }
        assertThat(compared).isEqualTo(2 * 250 + 3 * 150 + 50);
    }

    private static void assertSame(JsonNode got, JsonNode expected, String what) {
        assertThat(got.size()).as(what).isEqualTo(expected.size());
        for (int w = 0; w < got.size(); w++) {
            double p = expected.path(w).path(0).asDouble();
            assertThat(Math.abs(got.path(w).path(0).asDouble() - p))
                    .as(what)
                    .isLessThanOrEqualTo(1e-5 * Math.max(1, Math.abs(p)));
            assertThat(got.path(w).path(1).asInt())
                    .as(what)
                    .isEqualTo(expected.path(w).path(1).asInt());
            assertThat(got.path(w).path(2)).as(what).isEqualTo(expected.path(w).path(2));
        }
    }

    @Test
    void theCommandWritesTheFile() throws IOException {
        StringWriter out = new StringWriter();
        Path cases = Files.createDirectories(folder.resolve("one"));
        copyCase("nasty_T1", cases);
        Path answers = folder.resolve("one.jsonl");
        CommandLine command = new CommandLine(new DecodeCommand()).setOut(new PrintWriter(out));
        assertThat(command.execute("--answers", answers.toString(), "--json", cases.toString()))
                .isZero();
        assertThat(CaseFiles.JSON.readTree(out.toString()).path("answers").asInt())
                .isEqualTo(1);
        assertThat(Files.readString(answers)).contains("\"id\":\"nasty_T1\"");
        assertThat(new CommandLine(new DecodeCommand())
                        .setErr(new PrintWriter(new StringWriter()))
                        .execute(cases.toString()))
                .isEqualTo(2);
    }

    private static void copyCase(String id, Path to) throws IOException {
        Path target = Files.createDirectories(to.resolve(id));
        for (String file : List.of("case.json", "labels.json", "logprobs.npy")) {
            Files.copy(CASES.resolve(id).resolve(file), target.resolve(file));
        }
    }

    @Test
    void brokenMatricesAreErrorsOfTheirCases() throws IOException {
        Path cases = Files.createDirectories(folder.resolve("broken"));
        copyCase("nasty_T1", cases);
        Path matrix = cases.resolve("nasty_T1/logprobs.npy");
        byte[] good = Files.readAllBytes(matrix);
        for (int length = 0; length < good.length; length += 7) {
            Files.write(matrix, Arrays.copyOf(good, length));
            Path out = folder.resolve("broken.jsonl");
            DecodeCases.run(cases, out);
            assertThat(CaseFiles.JSON
                            .readTree(Files.readString(out))
                            .path("error")
                            .isTextual())
                    .as("first %d bytes", length)
                    .isTrue();
        }
        assertThatThrownBy(() -> DecodeCases.run(folder.resolve("none"), folder.resolve("x")))
                .isInstanceOf(DecoderException.class);
    }
}
