package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.decode.DecoderStream;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Hypothesis;
import org.quantvoice.decode.Hypothesis.TokenSpan;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.decode.WordSpan;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.beam.ForwardScorer;
import org.quantvoice.internal.beam.Spelling;

/** Answers one case folder. */
final class CaseDecoder {
    private final CaseFiles files;

    CaseDecoder(CaseFiles files) {
        this.files = files;
    }

    /** Returns the answer to one case. Input that the decoder refuses becomes an error in the answer. */
    ObjectNode answer(Path folder) throws IOException {
        JsonNode test = files.json(folder.resolve("case.json"));
        ObjectNode answer = CaseFiles.JSON.createObjectNode();
        answer.put("id", test.path("id").asText());
        try {
            Vocabulary vocabulary = CaseFiles.vocabulary(files.json(folder.resolve("labels.json")));
            decode(test, vocabulary, matrices(folder, test.path("input")), answer);
            answer.putNull("error");
        } catch (QuantVoiceException refused) {
            answer.put("error", refused.getMessage());
        }
        return answer;
    }

    /** Returns the matrix of a case, or those of its segments if it names several files. */
    private static List<LogProbs> matrices(Path folder, JsonNode input) throws IOException {
        List<LogProbs> matrices = new ArrayList<>();
        for (JsonNode file : input.path("files")) {
            matrices.add(NpyMatrix.read(folder.resolve(file.asText())));
        }
        if (matrices.isEmpty()) {
            matrices.add(NpyMatrix.read(folder.resolve(input.path("file").asText("logprobs.npy"))));
        }
        return matrices;
    }

    private void decode(JsonNode test, Vocabulary vocabulary, List<LogProbs> matrices, ObjectNode answer) {
        LogProbs input = matrices.get(0);
        switch (test.path("kind").asText()) {
            case "greedy" ->
                write(
                        GreedyDecoder.with(vocabulary)
                                .decode(CaseOptions.input(test).toLogProbs(input)),
                        answer,
                        true);
            case "ctc_score" -> score(test, vocabulary, input, answer);
            case "ctc_rank" -> rank(test, vocabulary, input, answer);
            case "lm_state_carry" -> carry(test, vocabulary, matrices, answer);
            default -> {
                DecoderStream stream = beam(test, vocabulary).begin();
                feed(stream, input, chunks(test, input));
                write(stream.finish().get(0), answer, false);
            }
        }
    }

    private PrefixBeam beam(JsonNode test, Vocabulary vocabulary) {
        return PrefixBeam.with(vocabulary, new CaseOptions(test, files).build());
    }

    /** Returns the number of frames of each chunk; the frames behind the last cut of the case are the last chunk. */
    private static List<Integer> chunks(JsonNode test, LogProbs input) {
        List<Integer> chunks = new ArrayList<>();
        JsonNode stream = test.path("stream");
        int left = input.frames();
        for (JsonNode chunk : stream.has("chunks") ? stream.path("chunks") : stream.path("segments")) {
            chunks.add(Math.min(left, chunk.asInt()));
            left -= chunks.get(chunks.size() - 1);
        }
        chunks.add(left);
        return chunks;
    }

    private static void feed(DecoderStream stream, LogProbs input, List<Integer> chunks) {
        int from = 0;
        for (int frames : chunks) {
            stream.accept(slice(input, from, frames));
            from += frames;
        }
    }

    private static LogProbs slice(LogProbs input, int from, int frames) {
        int size = input.vocabulary();
        return new LogProbs(Arrays.copyOfRange(input.data(), from * size, (from + frames) * size), frames, size);
    }

    /** Decodes segment by segment. Each segment continues in the language model's context of the one before. */
    private void carry(JsonNode test, Vocabulary vocabulary, List<LogProbs> matrices, ObjectNode answer) {
        PrefixBeam decoder = beam(test, vocabulary);
        StringBuilder text = new StringBuilder();
        double score = 0;
        DecoderStream stream = decoder.begin();
        for (LogProbs segment : matrices.size() > 1 ? matrices : cut(test, matrices.get(0))) {
            if (segment.frames() == 0) {
                continue;
            }
            stream.accept(segment);
            Hypothesis best = stream.finish().get(0);
            text.append(text.isEmpty() || best.text().isEmpty() ? "" : " ").append(best.text());
            score += best.score();
            stream = decoder.begin(stream.languageModelContext());
        }
        answer.put("text", text.toString());
        putNumber(answer, "score", score);
    }

    private static List<LogProbs> cut(JsonNode test, LogProbs input) {
        List<LogProbs> segments = new ArrayList<>();
        int from = 0;
        for (int frames : chunks(test, input)) {
            segments.add(slice(input, from, frames));
            from += frames;
        }
        return segments;
    }

    private static void score(JsonNode test, Vocabulary vocabulary, LogProbs input, ObjectNode answer) {
        LogProbs logProbs = CaseOptions.input(test).toLogProbs(input);
        ForwardScorer scorer = ForwardScorer.with(vocabulary);
        ArrayNode scores = answer.putArray("scores");
        for (JsonNode item : test.path("expect").path("items")) {
            addNumber(scores, scorer.score(logProbs, CaseFiles.JSON.convertValue(item.path("tokens"), int[].class)));
        }
    }

    private static void rank(JsonNode test, Vocabulary vocabulary, LogProbs input, ObjectNode answer) {
        LogProbs logProbs = CaseOptions.input(test).toLogProbs(input);
        ForwardScorer scorer = ForwardScorer.with(vocabulary);
        List<String> words = CaseOptions.texts(test.path("lexicon").path("words"));
        Map<String, Double> scores = new HashMap<>();
        words.forEach(word -> scores.put(word, score(scorer, logProbs, word, vocabulary)));
        words.sort(Comparator.comparingDouble(scores::get).reversed());
        words.forEach(answer.putArray("ranking")::add);
    }

    /** Returns the score of a word, which is minus infinity if the vocabulary cannot spell it. */
    private static double score(ForwardScorer scorer, LogProbs input, String word, Vocabulary vocabulary) {
        int[] tokens;
        try {
            tokens = Spelling.ofText(word, vocabulary);
        } catch (DecoderException unspellable) {
            return Double.NEGATIVE_INFINITY;
        }
        return scorer.score(input, tokens);
    }

    private static void write(Hypothesis best, ObjectNode answer, boolean spans) {
        answer.put("text", best.text());
        ArrayNode tokens = answer.putArray("tokens");
        best.tokens().forEach(span -> tokens.add(span.token()));
        putNumber(answer, "score", best.score());
        ArrayNode words = answer.putArray("words");
        for (WordSpan word : best.words()) {
            words.addObject()
                    .put("word", word.text())
                    .put("start", word.startFrame())
                    .put("end", word.endFrame());
        }
        if (spans) {
            ArrayNode all = answer.putArray("token_spans");
            for (TokenSpan span : best.tokens()) {
                all.addArray().add(span.startFrame()).add(span.endFrame());
            }
        }
    }

    /** Puts a number, or null for minus infinity, which JSON does not have. */
    static void putNumber(ObjectNode node, String name, double value) {
        if (value == Double.NEGATIVE_INFINITY) {
            node.putNull(name);
        } else {
            node.put(name, value);
        }
    }

    static void addNumber(ArrayNode array, double value) {
        if (value == Double.NEGATIVE_INFINITY) {
            array.addNull();
        } else {
            array.add(value);
        }
    }
}
