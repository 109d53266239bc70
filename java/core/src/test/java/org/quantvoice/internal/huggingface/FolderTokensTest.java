package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.source.Imports;

class FolderTokensTest {
    @TempDir
    Path folder;

    private FixtureFolder fixture;

    /** A model of 8 outputs, without tokens. */
    @BeforeEach
    void model() {
        fixture = FixtureFolder.of("wav2vec2-large");
        fixture.write(folder);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    private JsonNode card() {
        return card(folder);
    }

    private static JsonNode card(Path model) {
        return JsonReader.parse(Imports.tokens(new FolderSource(), model).orElseThrow());
    }

    private static List<String> tokens(JsonNode card) {
        return card.get("tokens").items().stream().map(JsonNode::string).toList();
    }

    @Test
    void aFolderWithoutTokensHasNone() {
        assertThat(Imports.tokens(new FolderSource(), folder)).isEqualTo(Optional.empty());
    }

    @Test
    void aFlatVocabularyIsOrderedByItsNumbers() throws IOException {
        write(
                "vocab.json",
                "{\"a\": 5, \"<pad>\": 0, \"|\": 4, \"<s>\": 1, \"</s>\": 2, \"<unk>\": 3, \"b\": 7, \"c\": 6}");
        write("tokenizer_config.json", "{\"pad_token\": \"<pad>\", \"word_delimiter_token\": \"|\"}");
        JsonNode card = card();
        assertThat(tokens(card)).containsExactly("<pad>", "<s>", "</s>", "<unk>", "|", "a", "c", "b");
        assertThat(card.get("blank").number()).isZero();
        assertThat(card.get("word_delimiter").string()).isEqualTo("|");
        assertThat(card.get("sample_rate").number()).isEqualTo(16_000);
        assertThat(card.get("frame_hop").number()).isEqualTo(320);
        assertThat(card.get("frame_window").number()).isEqualTo(400);
    }

    @Test
    void theTokenizersPaddingGoesBeforeTheConfigurations() throws IOException {
        write("vocab.json", "{\"a\": 0, \"b\": 1, \"c\": 2, \"d\": 3, \"e\": 4, \" \": 5, \"[UNK]\": 6, \"[PAD]\": 7}");
        write("tokenizer_config.json", "{\"pad_token\": {\"content\": \"[PAD]\"}, \"word_delimiter_token\": \" \"}");
        assertThat(card().get("blank").number()).isEqualTo(7);
        assertThat(card().get("word_delimiter").string()).isEqualTo(" ");
    }

    @Test
    void signsBeyondTheHeadAreLeftOut() throws IOException {
        write("vocab.json", "{\"<pad>\": 0, \"|\": 1, \"a\": 2, \"b\": 3, \"c\": 4, \"d\": 5, \"e\": 6, \"f\": 7}");
        write("added_tokens.json", "{\"<s>\": 8, \"</s>\": 9}");
        assertThat(tokens(card())).hasSize(8).endsWith("f");
    }

    @Test
    void anAddedTokenFillsItsPlace() throws IOException {
        write("vocab.json", "{\"<pad>\": 0, \"|\": 1, \"a\": 2, \"b\": 3, \"c\": 4, \"d\": 5}");
        write("added_tokens.json", "{\"<s>\": 6, \"</s>\": 7}");
        assertThat(tokens(card())).endsWith("d", "<s>", "</s>");
    }

    @Test
    void aVocabularyThatIsSmallerThanTheHeadIsRefused() throws IOException {
        write("vocab.json", "{\"<pad>\": 0, \"|\": 1, \"a\": 2}");
        assertThatThrownBy(this::card)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("vocab.json with 3 tokens")
                .hasMessageContaining("each of the 8 outputs");
    }

    @Test
    void twoTokensOfOneNumberAreRefused() throws IOException {
        write("vocab.json", "{\"<pad>\": 0, \"a\": 1, \"b\": 1}");
        assertThatThrownBy(this::card)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("the number 1 for 'a' and for 'b'");
    }

    @Test
    void aNestedVocabularyIsOfTheLanguageThatTheTokenizerNames() throws IOException {
        write(
                "vocab.json",
                "{\"eng\": {\"<pad>\": 0, \"a\": 1}, \"deu\": {\"<pad>\": 0, \"|\": 1, \"a\": 2, \"b\": 3, \"c\": 4,"
                        + " \"ä\": 5, \"ö\": 6, \"ü\": 7}}");
        write("tokenizer_config.json", "{\"target_lang\": \"deu\", \"pad_token\": \"<pad>\"}");
        assertThat(tokens(card())).endsWith("ä", "ö", "ü");
        write("tokenizer_config.json", "{\"target_lang\": \"fra\"}");
        assertThatThrownBy(this::card)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without the language 'fra'")
                .hasMessageContaining("[eng, deu]");
    }

    @Test
    void aUnigramTokenizer() throws IOException {
        write(
                "tokenizer.json",
                "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"<unk>\", 0], [\"▁a\", -1], [\"b\", -2], [\"▁\", -3],"
                        + " [\"c\", -4], [\"d\", -5], [\"e\", -6]]}, \"added_tokens\": [{\"id\": 7, \"content\": \"<pad>\","
                        + " \"special\": true}]}");
        write("tokenizer_config.json", "{\"pad_token\": \"<pad>\"}");
        assertThat(tokens(card())).containsExactly("<unk>", "▁a", "b", "▁", "c", "d", "e", "<pad>");
        assertThat(card().get("blank").number()).isEqualTo(7);
        assertThat(card().find("word_delimiter")).isEmpty();
    }

    @Test
    void aTokenizerOfBytes() throws IOException {
        write(
                "tokenizer.json",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"<pad>\": 0, \"Ġthe\": 1, \"Ã¤\": 2, \"Ã\": 3, \"a\": 4, \"b\": 5,"
                        + " \"Ġ\": 6, \"c\": 7}, \"merges\": []}, \"decoder\": {\"type\": \"ByteLevel\"}}");
        assertThat(tokens(card())).containsExactly("<pad>", "▁the", "ä", "<0xC3>", "a", "b", "▁", "c");
    }

    @Test
    void aWordPieceTokenizerOpensWordsWithoutItsPrefix() throws IOException {
        write(
                "tokenizer.json",
                "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"he\": 0, \"##llo\": 1, \"a\": 2, \"b\": 3, \"c\": 4,"
                        + " \"d\": 5, \"e\": 6}}, \"added_tokens\": [{\"id\": 7, \"content\": \"[PAD]\"}]}");
        write("tokenizer_config.json", "{\"pad_token\": \"[PAD]\"}");
        assertThat(tokens(card())).startsWith("▁he", "llo", "▁a").endsWith("[PAD]");
    }

    @Test
    void sentencePiecesHaveTheBlankBehindThem() throws IOException {
        String[] pieces = {"<unk>", "▁a", "b", "c", "d", "e", "ä"};
        java.io.ByteArrayOutputStream model = new java.io.ByteArrayOutputStream();
        for (String piece : pieces) {
            byte[] text = piece.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            model.write(0x0A); // field 1, bytes
            model.write(text.length + 2 + 5);
            model.write(0x0A);
            model.write(text.length);
            model.write(text);
            model.write(new byte[] {0x15, 0, 0, 0, 0}); // field 2: the score
        }
        Files.write(folder.resolve("tokenizer.model"), model.toByteArray());
        fixtureConfig("pad_token_id", 7);
        assertThat(tokens(card())).startsWith("<unk>", "▁a").endsWith("ä", "<blank>");
        assertThat(card().get("blank").number()).isEqualTo(7);
        Files.write(folder.resolve("tokenizer.model"), new byte[] {0x0A, 0x7F, 1});
        assertThatThrownBy(this::card)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tokenizer.model")
                .hasMessageContaining("longer than the rest");
    }

    private void fixtureConfig(String key, Object value) {
        java.util.Map<String, Object> config = fixture.file("config.json");
        config.put(key, value);
        FixtureFolder.writeJson(folder.resolve("config.json"), config);
    }

    @Test
    void linesOfTokensWithAndWithoutNumbers() throws IOException {
        write("tokens.txt", "\uFEFF<blk> 0\na 1\nb 2\nc 3\nd 4\ne 5\nf 6\n| 7\n");
        assertThat(tokens(card())).containsExactly("<blk>", "a", "b", "c", "d", "e", "f", "|");
        write("vocab.txt", "<blank>\na\nb\nc\nd\ne\nf\n|\n");
        assertThat(tokens(card())).startsWith("<blank>", "a");
    }

    @Test
    void theAlphabetOfALanguageModel() throws IOException {
        write("language_model/alphabet.json", "{\"labels\": [\"\", \" \", \"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]}");
        assertThat(tokens(card())).startsWith("<pad>", " ", "a");
        assertThat(card().get("blank").number()).isZero();
        assertThat(card().get("word_delimiter").string()).isEqualTo(" ");
    }
}
