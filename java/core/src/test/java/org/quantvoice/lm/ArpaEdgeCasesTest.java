package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.error.ModelFormatException;

/** Odd ARPA files: scored or refused as KenLM does. */
class ArpaEdgeCasesTest {
    private static final Path FOLDER = ReferenceScores.DECODER.resolve("cases/kenlm");

    static Stream<JsonNode> files() throws IOException {
        JsonNode edge =
                ReferenceScores.JSON.readTree(FOLDER.resolve("edge.json").toFile());
        return StreamSupport.stream(edge.get("files").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("files")
    void isScoredOrRefusedAsByKenlm(JsonNode file) {
        Path path = FOLDER.resolve(file.get("file").asText());
        if (file.get("level").asText().equals("info")) {
            // KenLM has no unigram models; here order 1 is an order like any other.
            assertUnigramModel(path);
            return;
        }
        if (file.get("error").asBoolean()) {
            assertThatThrownBy(() -> LanguageModel.open(path))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageMatching(".* in line \\d+ of " + path.getFileName() + ".*");
            return;
        }
        try (LanguageModel model = LanguageModel.open(path)) {
            for (JsonNode sentence : file.get("scores")) {
                ReferenceScores.check(model, sentence, path.getFileName().toString());
            }
        }
    }

    private static void assertUnigramModel(Path path) {
        try (LanguageModel model = LanguageModel.open(path)) {
            assertThat(model.order()).isEqualTo(1);
            assertThat(ReferenceScores.score(model, "a x", true, true))
                    .containsExactly(
                            new ReferenceScores.Word(-0.5f, 1, false),
                            new ReferenceScores.Word(-1.0f, 1, true),
                            new ReferenceScores.Word(-0.9f, 1, false));
        }
    }
}
