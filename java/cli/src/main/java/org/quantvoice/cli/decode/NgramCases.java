package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmState;

/** Answers the n-gram parity cases: sentences scored word by word, and odd ARPA files. */
final class NgramCases {
    private static final String PREFIX = "cases/";

    private final CaseFiles files;
    private final boolean binaries;

    /**
     * @param binaries also score the binary forms of a model, as answers of their own
     */
    NgramCases(CaseFiles files, boolean binaries) {
        this.files = files;
        this.binaries = binaries;
    }

    void answer(Consumer<ObjectNode> answers) throws IOException {
        Path folder = files.root().resolve("kenlm");
        if (Files.exists(folder.resolve("index.json"))) {
            for (Map.Entry<String, JsonNode> entry :
                    files.json(folder.resolve("index.json")).properties()) {
                String name = entry.getKey().substring(PREFIX.length());
                JsonNode what = entry.getValue();
                if (what.has("model")) {
                    // The text behind the name is a remark.
                    String model = what.path("model").asText().split(" ")[0];
                    sentences(folder.resolve(Path.of(name).getFileName()), model, "", answers);
                } else if (binaries) {
                    String suffix = "@" + Path.of(name).getFileName();
                    sentences(folder.resolve(what.path("scores_of").asText()), name, suffix, answers);
                }
            }
        }
        if (Files.exists(folder.resolve("edge.json"))) {
            for (JsonNode file : files.json(folder.resolve("edge.json")).path("files")) {
                answers.accept(edge(folder, file));
            }
        }
    }

    private void sentences(Path scores, String modelName, String suffix, Consumer<ObjectNode> answers)
            throws IOException {
        LanguageModel model = files.model(modelName);
        List<String> lines = Files.readAllLines(scores);
        for (int i = 0; i < lines.size(); i++) {
            ObjectNode answer = CaseFiles.JSON.createObjectNode();
            answer.put("id", "kenlm:" + scores.getFileName() + ":" + i + suffix);
            full(model, CaseFiles.JSON.readTree(lines.get(i)), answer.putArray("full"));
            answers.accept(answer);
        }
    }

    private static ObjectNode edge(Path folder, JsonNode file) {
        ObjectNode answer = CaseFiles.JSON.createObjectNode();
        answer.put("id", "edge:" + file.path("file").asText());
        try (LanguageModel model =
                LanguageModel.open(folder.resolve(file.path("file").asText()))) {
            ArrayNode scores = answer.putArray("scores");
            for (JsonNode sentence : file.path("scores")) {
                full(model, sentence, scores.addArray());
            }
            answer.putNull("error");
        } catch (QuantVoiceException refused) {
            answer.put("error", refused.getMessage());
        }
        return answer;
    }

    /**
     * Adds the probability, the length of the matched n-gram, and whether the word is unknown, for each word and the
     * end.
     */
    private static void full(LanguageModel model, JsonNode sentence, ArrayNode to) {
        LmState state = new LmState();
        LmState next = new LmState();
        if (sentence.path("bos").asBoolean()) {
            model.beginState(state);
        } else {
            model.emptyState(state);
        }
        String text = sentence.path("s").asText().trim();
        for (String word : text.isEmpty() ? new String[0] : text.split("\\s+")) {
            add(model, state, model.wordId(word), next, to);
            state.copyFrom(next);
        }
        if (sentence.path("eos").asBoolean()) {
            add(model, state, model.endOfSentence(), next, to);
        }
    }

    private static void add(LanguageModel model, LmState state, int word, LmState next, ArrayNode to) {
        float score = model.score(state, word, next);
        to.addArray().add(score).add(next.matched()).add(word == LanguageModel.UNKNOWN);
    }
}
