package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.ModelFormatException;

class ModelCardTest {
    private static ModelCard parse(String json) throws IOException {
        return ModelCard.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "tokens.json");
    }

    @Test
    void readsTheCardOfTheDigitsModel() {
        ModelCard card =
                ModelCard.read(Path.of(System.getProperty("quantvoice.root"), "models/digits/model/tokens.json"));
        assertThat(card.vocabulary().size()).isEqualTo(17);
        assertThat(card.vocabulary().blank()).isZero();
        assertThat(card.vocabulary().delimiter()).hasValue(1);
        assertThat(card.vocabulary().wordPiece()).isFalse();
        assertThat(card.sampleRate()).isEqualTo(16_000);
        assertThat(card.minSamples()).isEqualTo(400);
        assertThat(card.seconds(50)).isEqualTo(1.0);
    }

    @Test
    void whatIsWrittenReadsTheSame() throws IOException {
        ModelCard words = parse(SpellingEngine.CARD);
        assertThat(parse(words.toJson())).isEqualTo(words);
        ModelCard pieces = parse(
                """
                {"tokens": ["▁the", "re", "<b>", "é\\n"], "blank": 2, "sample_rate": 8000, "frame_hop": 320,
                 "frame_window": 400, "min_samples": 1000, "word_delimiter": null, "comment": "skipped"}""");
        assertThat(pieces.vocabulary().wordPiece()).isTrue();
        assertThat(pieces.vocabulary().delimiter()).isEmpty();
        assertThat(pieces.minSamples()).isEqualTo(1000);
        assertThat(parse(pieces.toJson())).isEqualTo(pieces);
        assertThat(pieces.lengths()).isEqualTo(CardLengths.UNKNOWN);
        ModelCard trained = parse(
                SpellingEngine.CARD.replaceFirst("\\{", "{\"long_audio\": {\"window\": 8.5, \"whole_up_to\": 20},"));
        assertThat(trained.lengths()).isEqualTo(new CardLengths(OptionalDouble.of(8.5), OptionalDouble.of(20)));
        assertThat(parse(trained.toJson())).isEqualTo(trained);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"blank\": 0; \"blank\": 6; blank index 6",
                "\"blank\": 0; \"blank\": -1; blank = -1",
                "\"blank\": 0; \"blank\": \"_\"; blank = the string '_'",
                "\"blank\": 0,; ; without the key 'blank'",
                "\"|\"; \"?\"; word_delimiter '|'",
                "\"word_delimiter\": \"|\"; \"word_delimiter\": \"/\"; word_delimiter '/'",
                "\"frame_hop\": 10; \"frame_hop\": 0; frame_hop = 0",
                "\"frame_hop\"; \"long_audio\": {\"window\": 1}, \"frame_hop\"; long_audio.window of 1.0 s",
                "\"frame_hop\"; \"long_audio\": {\"whole_up_to\": -1}, \"frame_hop\"; long_audio.whole_up_to of -1.0 s",
                "\"frame_hop\"; \"long_audio\": 10, \"frame_hop\"; long_audio = 10",
                "\"frame_hop\": 10; \"frame_hop\": 1.5; frame_hop = 1.5",
                "\"sample_rate\": 1000; \"sample_rate\": 1e3; sample_rate = 1e3",
                "\"sample_rate\": 1000; \"rate\": 1000; without the key 'sample_rate'",
                "\"a\"; \"b\"; token 'b' at 2 and at 3",
                "\"a\"; 7; tokens[2] = 7",
                "}; ; the end of the text at 2:",
            })
    void aBrokenCardNamesItsFileAndItsFault(String from, String to, String fault) {
        String json = SpellingEngine.CARD.replaceFirst(
                java.util.regex.Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to == null ? "" : to));
        assertThat(json).isNotEqualTo(SpellingEngine.CARD);
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tokens.json: ")
                .hasMessageContaining(fault);
    }

    @Test
    void aListOfTokensAloneIsNotEnough(@TempDir Path dir) {
        assertThatThrownBy(() -> parse("[\"a\"]")).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> ModelCard.read(dir.resolve("none.json")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no token list at");
        assertThatThrownBy(() -> ModelCard.read(dir)).isInstanceOf(ModelFormatException.class);
    }
}
