package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

/** Token lists as WeNet writes them. */
final class UnitsListTest {
    private static final Path MODEL =
            Path.of(System.getProperty("quantvoice.root")).resolve("models/u2-digits/model");

    @Test
    void theListOfTheModelIsThatOfItsCard() {
        ModelCard card = ModelCard.read(MODEL.resolve("tokens.json"));
        ModelCard units = ModelCard.read(MODEL.resolve("units.txt"));
        assertThat(units.vocabulary()).isEqualTo(card.vocabulary());
        assertThat(units.frameHop()).isEqualTo(card.frameHop());
        assertThat(units.frameWindow()).isEqualTo(card.frameWindow());
        assertThat(units.sampleRate()).isEqualTo(card.sampleRate());
    }

    private static ModelCard parse(String text) {
        return ModelCard.parse(text.getBytes(StandardCharsets.UTF_8), "units.txt");
    }

    @Test
    void wordPiecesAndOrderAreRead() {
        ModelCard card = parse("<blank> 0\n\u2581the\t2\nre 1\n\n<sos/eos> 3\n");
        assertThat(card.vocabulary().tokens()).containsExactly("<blank>", "re", "\u2581the", "<sos/eos>");
        assertThat(card.vocabulary().wordPiece()).isTrue();
        assertThat(card.vocabulary().delimiter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<blank> 0\na 0\n", // twice
                "<blank> 0\na 2\n", // a gap
                "<blank> 0\na -1\n",
                "<blank> 0\na\n",
                "<blank> 0\na 99999999999\n",
                "a 0\nb 1\n" // no blank
            })
    void brokenListsAreRefused(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("units.txt");
    }
}
