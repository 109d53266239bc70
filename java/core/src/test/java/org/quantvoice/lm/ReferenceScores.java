package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sentences with what KenLM gives each of their words. */
final class ReferenceScores {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Path ROOT = Path.of(System.getProperty("quantvoice.root", "."));
    static final Path DECODER = ROOT.resolve("testdata/decoder");
    static final Path VARIANTS = ROOT.resolve("testdata/lm");
    static final double TOLERANCE = 1e-5;

    record Word(float logProb, int matched, boolean unknown) {}

    private ReferenceScores() {}

    static List<JsonNode> sentences(Path jsonLines) throws IOException {
        List<JsonNode> sentences = new ArrayList<>();
        for (String line : Files.readAllLines(jsonLines)) {
            if (!line.isBlank()) {
                sentences.add(JSON.readTree(line));
            }
        }
        return sentences;
    }

    static List<Word> score(LanguageModel model, String sentence, boolean bos, boolean eos) {
        LmState state = new LmState();
        LmState next = new LmState();
        if (bos) {
            model.beginState(state);
        } else {
            model.emptyState(state);
        }
        List<Integer> ids = new ArrayList<>();
        for (String word : sentence.split(" ")) {
            if (!word.isEmpty()) {
                ids.add(model.wordId(word));
            }
        }
        if (eos) {
            ids.add(model.endOfSentence());
        }
        List<Word> words = new ArrayList<>();
        for (int id : ids) {
            float logProb = model.score(state, id, next);
            words.add(new Word(logProb, next.matched(), id == LanguageModel.UNKNOWN));
            state.copyFrom(next);
        }
        return words;
    }

    /** Every word's score, n-gram length and unknown flag as recorded. */
    static void check(LanguageModel model, JsonNode sentence, String where) {
        List<Word> words = score(
                model,
                sentence.get("s").asText(),
                sentence.get("bos").asBoolean(),
                sentence.get("eos").asBoolean());
        JsonNode full = sentence.get("full");
        assertThat(words).as("%s: %s", where, sentence).hasSize(full.size());
        for (int i = 0; i < words.size(); i++) {
            JsonNode expected = full.get(i);
            Word word = words.get(i);
            double logProb = expected.get(0).asDouble();
            assertThat((double) word.logProb())
                    .as("%s: word %d of %s, got %s", where, i, sentence, words)
                    .isCloseTo(logProb, org.assertj.core.data.Offset.offset(TOLERANCE * Math.max(1, -logProb)));
            assertThat(word.matched())
                    .as("%s: n-gram length of word %d of %s", where, i, sentence)
                    .isEqualTo(expected.get(1).asInt());
            assertThat(word.unknown())
                    .as("%s: unknown word %d of %s", where, i, sentence)
                    .isEqualTo(expected.get(2).asBoolean());
        }
    }
}
