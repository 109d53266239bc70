package org.quantvoice.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.error.CorpusException;

class ErrorRateTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");

    /** Every variant of the model's reference run: its wrong hypotheses, the rest being right, must give its rates. */
    @Test
    void repeatsTheReferenceRates() throws IOException {
        AudioCorpus corpus = AudioCorpus.tsv(DIGITS.resolve("test/test.tsv"));
        JsonNode variants = new ObjectMapper()
                .readTree(DIGITS.resolve("reference.json").toFile())
                .get("variants");
        int checked = 0;
        for (Iterator<Map.Entry<String, JsonNode>> it = variants.fields(); it.hasNext(); checked++) {
            Map.Entry<String, JsonNode> variant = it.next();
            JsonNode wrong = variant.getValue().get("wrong_test_utterances");
            ErrorRate words = ErrorRate.words();
            ErrorRate characters = ErrorRate.characters();
            for (AudioCorpus.Item item : corpus.items()) {
                String hypothesis = wrong.path(item.id()).asText(item.text());
                words.add(item.text(), hypothesis);
                characters.add(item.text(), hypothesis);
            }
            JsonNode test = variant.getValue().get("test");
            assertThat(words.percent())
                    .as(variant.getKey())
                    .isCloseTo(test.get("wer").asDouble(), within(0.0005));
            assertThat(characters.percent())
                    .as(variant.getKey())
                    .isCloseTo(test.get("cer").asDouble(), within(0.0005));
            assertThat(words.referenceLength()).isEqualTo(test.get("words").asLong());
            assertThat(words.utterances()).isEqualTo(120);
            assertThat(words.wrongUtterances()).isEqualTo(wrong.size());
        }
        assertThat(checked).isEqualTo(18);
    }

    @Test
    void countsByKind() {
        ErrorRate words = ErrorRate.words();
        assertThat(words.add("one two three four", "one too three four five")).isEqualTo(new EditCounts(3, 1, 0, 1));
        assertThat(words.add("one two", "two")).isEqualTo(new EditCounts(1, 0, 1, 0));
        assertThat(words.counts()).isEqualTo(new EditCounts(4, 1, 1, 1));
        assertThat(words.percent()).isEqualTo(50);
        assertThat(words).hasToString("50.00 % (3 of 6 words: 1 substitutions, 1 deletions, 1 insertions)");
    }

    @Test
    void normalisesSpaceAndComposition() {
        ErrorRate characters = ErrorRate.characters();
        assertThat(characters.add(" e\u0301e\u0301n \t twee\n", "\u00e9\u00e9n\u00a0twee"))
                .isEqualTo(new EditCounts(8, 0, 0, 0));
        assertThat(characters.add("a b", "ab")).isEqualTo(new EditCounts(2, 0, 1, 0)); // the space counts
        assertThat(characters.add("\uD83D\uDE00", "x")).isEqualTo(new EditCounts(0, 1, 0, 0)); // one code point
        assertThat(ErrorRate.words().add("Yes", "yes").substitutions()).isEqualTo(1);
    }

    @Test
    void countsEmptyTexts() {
        ErrorRate words = ErrorRate.words();
        assertThat(words.add("", "")).isEqualTo(EditCounts.NONE);
        assertThat(words.add("  ", "one two")).isEqualTo(new EditCounts(0, 0, 0, 2));
        assertThatThrownBy(words::percent)
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("2 utterances with no words");
        assertThat(words).hasToString("undefined (2 of 0 words: 0 substitutions, 0 deletions, 2 insertions)");
        words.add("one", "");
        assertThat(words.percent()).isEqualTo(300);
    }
}
