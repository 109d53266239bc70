package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.quantvoice.internal.beam.ForwardScorer;

/** Judges the answer to a case folder as cases/judge.py does, rule by rule. */
final class CaseJudge {
    private final CaseFiles files;

    CaseJudge(CaseFiles files) {
        this.files = files;
    }

    /** What is wrong with an answer; empty if it passes. */
    List<String> faults(Path folder, JsonNode answer) throws IOException {
        JsonNode test = files.json(folder.resolve("case.json"));
        JsonNode expect = test.path("expect");
        List<String> faults = new ArrayList<>();
        String kind = test.path("kind").asText();
        boolean refused = answer.path("error").isTextual();
        switch (kind) {
            case "error" -> fault(refused, "not refused", faults);
            case "dead_frame" ->
                fault(refused || !Double.isNaN(answer.path("score").asDouble()), "NaN", faults);
            default -> {
                fault(!refused, answer.path("error").asText(), faults);
                switch (kind) {
                    case "greedy", "prefix_beam" -> tokens(kind, expect, answer, faults);
                    case "quality" -> quality(folder, expect, answer, faults);
                    default -> words(kind, expect, answer, faults);
                }
            }
        }
        return faults;
    }

    private static void fault(boolean holds, String what, List<String> faults) {
        if (!holds) {
            faults.add(what);
        }
    }

    private static boolean near(JsonNode a, double b, double tolerance) {
        return a.isNumber() && Math.abs(a.asDouble() - b) <= tolerance;
    }

    private static void tokens(String kind, JsonNode expect, JsonNode answer, List<String> faults) {
        fault(answer.path("tokens").equals(expect.path("tokens")), "tokens " + answer.path("tokens"), faults);
        if (expect.path("score_tol").isNumber()) {
            double tolerance = expect.path("score_tol").asDouble();
            fault(
                    near(answer.path("score"), expect.path("score").asDouble(), tolerance),
                    "score " + answer.path("score"),
                    faults);
        }
        if (kind.equals("greedy") && expect.has("token_spans")) {
            fault(answer.path("token_spans").equals(expect.path("token_spans")), "token_spans", faults);
        }
    }

    private void quality(Path folder, JsonNode expect, JsonNode answer, List<String> faults) throws IOException {
        double exact = ForwardScorer.with(CaseFiles.vocabulary(files.json(folder.resolve("labels.json"))))
                .score(
                        NpyMatrix.read(folder.resolve("logprobs.npy")),
                        CaseFiles.JSON.convertValue(answer.path("tokens"), int[].class));
        double least = expect.path("reference_exact_score").asDouble()
                - expect.path("slack").asDouble();
        fault(exact >= least, "exact score " + exact + " below " + least, faults);
        double most = exact + expect.path("score_tol").asDouble();
        fault(answer.path("score").asDouble(1e9) <= most, "reported " + answer.path("score"), faults);
    }

    private static void words(String kind, JsonNode expect, JsonNode answer, List<String> faults) {
        double tolerance = expect.path("score_tol").asDouble(0);
        boolean peer = near(answer.path("score"), expect.path("score").asDouble(Double.NaN), tolerance);
        boolean clean = near(answer.path("score"), expect.path("score_clean").asDouble(Double.NaN), tolerance);
        fault(Objects.equals(answer.path("text"), expect.path("text")), "text " + answer.path("text"), faults);
        fault(peer || clean || tolerance == 0, "score " + answer.path("score"), faults);
        if (expect.path("words_tol").isNumber() && (kind.equals("word_beam") || kind.equals("stream"))) {
            frames(expect, answer.path("words"), faults);
        }
    }

    private static void frames(JsonNode expect, JsonNode words, List<String> faults) {
        int tolerance = expect.path("words_tol").asInt();
        fault(words.size() == expect.path("words").size(), "number of words", faults);
        for (int i = 0; i < words.size(); i++) {
            for (String key : List.of("start", "end")) {
                int got = words.path(i).path(key).asInt();
                boolean near = false;
                for (String form : List.of("words", "words_viterbi")) {
                    JsonNode frame = expect.path(form).path(i).path(key);
                    near |= frame.isInt() && Math.abs(frame.asInt() - got) <= tolerance;
                }
                fault(near, key + " of word " + words.path(i), faults);
            }
        }
    }
}
