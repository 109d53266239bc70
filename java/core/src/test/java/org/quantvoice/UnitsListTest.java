package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

/** Token lists as WeNet writes them. */
@Tag("windows")
@Tag("musl")
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

    @Test
    void aByteOrderMarkAndLineEndsOfWindowsAreNoTokens() {
        ModelCard card = parse("\uFEFF<blk> 0\r\n<unk> 1\r\n\u2581a 2\r\n");
        assertThat(card.vocabulary().tokens()).containsExactly("<blk>", "<unk>", "\u2581a");
        ModelCard json = parse("\uFEFF" + new String(bytes(MODEL.resolve("tokens.json")), StandardCharsets.UTF_8));
        assertThat(json.vocabulary())
                .isEqualTo(ModelCard.read(MODEL.resolve("tokens.json")).vocabulary());
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** sherpa-onnx writes {@code "  2"} for the token that is a space. */
    @Test
    void aTokenMayBeASpace() {
        ModelCard card = parse("<blk> 0\n<unk> 1\n  2\na 3\n");
        assertThat(card.vocabulary().tokens()).containsExactly("<blk>", "<unk>", " ", "a");
        assertThat(card.vocabulary().delimiter()).hasValue(2);
    }

    @Test
    void symbolsOfADecodingGraphAreLeftOut() {
        ModelCard card = parse("<blk> 0\n\u2581a 1\n#0 2\n#1 3\n");
        assertThat(card.vocabulary().tokens()).containsExactly("<blk>", "\u2581a");
        assertThat(parse("<blk> 0\n#1 1\nb 2\n").vocabulary().tokens())
                .as("a token among tokens")
                .containsExactly("<blk>", "#1", "b");
    }

    @Test
    void aVocabularyOfHuggingFaceIsRead() {
        ModelCard card = parse("{\"<s>\": 1, \"<pad>\": 0, \"|\": 2, \"A\": 3, \"tokens\": 4}");
        assertThat(card.vocabulary().tokens()).containsExactly("<pad>", "<s>", "|", "A", "tokens");
        assertThat(card.vocabulary().delimiter()).hasValue(2);
        assertThat(card.frameHop()).isEqualTo(320);
        assertThatThrownBy(() -> parse("{\"eng\": {\"<pad>\": 0, \"a\": 1}, \"deu\": {\"<pad>\": 0}}"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("2 languages");
        for (String broken : List.of("{\"<pad>\": 0, \"a\": 2}", "{\"<pad>\": 0, \"a\": 0}", "{\"a\": 0, \"b\": 1}")) {
            assertThatThrownBy(() -> parse(broken)).isInstanceOf(ModelFormatException.class);
        }
    }
}
