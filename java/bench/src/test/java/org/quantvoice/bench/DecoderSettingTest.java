package org.quantvoice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.decode.Decoder;

/** Speed counts only at the word error rates of the best peers. */
class DecoderSettingTest {

    @ParameterizedTest
    @CsvSource({
        "GREEDY, 14.52",
        "USUAL, 12.64",
        "USUAL_WORDS_ARPA, 0.30",
        "USUAL_WORDS_PROBING, 0.30",
        "USUAL_WORDS_TRIE, 0.30",
        "USUAL_LETTERS, 0.99",
        "USUAL_LEXICON, 1.39",
        "FLASHLIGHT_LEXICON, 1.09",
        "WIDE, 12.64",
        "WIDE_WORDS, 0.49",
        "WIDE_LEXICON, 1.19",
        "WIDE_LETTERS, 0.99"
    })
    void wordErrorRate(DecoderSetting setting, double most) throws IOException {
        Bench50 bench = new Bench50();
        Decoder decoder = setting.decoder(bench.vocabulary);
        List<String> texts = bench.utterances.stream()
                .map(utterance -> decoder.decode(utterance).text())
                .toList();
        assertThat(bench.wordErrorRate(texts)).as("%s", setting).isLessThanOrEqualTo(most + 0.005);
    }
}
