package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every model file scores as KenLM does, to 1e-5 a word. {@code -Dquantvoice.lm.reference=DIR} adds a folder of the same
 * layout (cases/kenlm/index.json), for models that may not be copied here.
 */
class KenlmParityTest {

    record Pair(Path model, Path scores) {
        @Override
        public String toString() {
            return model.getFileName() + " by " + scores.getFileName();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void scoresAsKenlmDoes(Pair pair) throws IOException {
        List<JsonNode> sentences = ReferenceScores.sentences(pair.scores());
        assertThat(sentences).isNotEmpty();
        for (long tableBytes : new long[] {0, Long.MAX_VALUE}) {
            try (LanguageModel model = LanguageModel.open(pair.model(), tableBytes)) {
                for (JsonNode sentence : sentences) {
                    ReferenceScores.check(model, sentence, pair + (tableBytes == 0 ? ", mapped" : ", unpacked"));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void spellingsAndIdsBelongTogether(Pair pair) {
        try (LanguageModel model = LanguageModel.open(pair.model())) {
            assertThat(model.word(LanguageModel.UNKNOWN)).isEqualTo("<unk>");
            for (int id = 1; id < model.size(); id++) {
                assertThat(model.wordId(model.word(id))).isEqualTo(id);
            }
            assertThat(model.word(model.beginOfSentence())).isEqualTo("<s>");
            assertThat(model.word(model.endOfSentence())).isEqualTo("</s>");
        }
    }

    @Test
    void theProjectHasAllKindsOfFiles() throws IOException {
        assertThat(pairs().map(p -> p.model().getFileName().toString()))
                .contains("kjv3.arpa", "kjv3.probing.bin", "kjv3.trie.bin", "kjvchar5.arpa", "bugs_bunny_kenlm.arpa")
                .anyMatch(n -> n.contains("trie_q8b8"));
    }

    static Stream<Pair> pairs() throws IOException {
        List<Pair> pairs = new ArrayList<>();
        addPairs(pairs, ReferenceScores.DECODER);
        addPairs(pairs, ReferenceScores.VARIANTS);
        String more = System.getProperty("quantvoice.lm.reference");
        if (more != null) {
            addPairs(pairs, Path.of(more));
        }
        return pairs.stream();
    }

    /** Reads the index: score files name their model, binary files name the score file that holds for them too. */
    private static void addPairs(List<Pair> pairs, Path root) throws IOException {
        JsonNode index = ReferenceScores.JSON.readTree(
                root.resolve("cases/kenlm/index.json").toFile());
        for (Map.Entry<String, JsonNode> entry : index.properties()) {
            Path file = find(root, entry.getKey());
            JsonNode of = entry.getValue().get("scores_of");
            Path model = of == null
                    ? find(root, entry.getValue().get("model").asText().split(" ")[0])
                    : file;
            Path scores = of == null ? file : find(root, "cases/kenlm/" + of.asText());
            // What the licences keep out of the project stands in the index all the same.
            if (Files.exists(model) && Files.exists(scores)) {
                pairs.add(new Pair(model, scores));
            }
        }
    }

    private static Path find(Path root, String name) {
        Path inside = root.resolve("cases").resolve(name);
        Path beside = root.resolve(name.startsWith("cases/lm/") ? name.substring("cases/".length()) : name);
        return Files.exists(inside) ? inside : beside;
    }
}
