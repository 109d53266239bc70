package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.stream.StreamOptions;

/** What is warned of when a stream's chunks are not those that the model was trained for. */
final class StreamTrainingTest {
    private static final String CARD =
            "{\"decoding\": {\"chunk_sizes_trained\": [1, 25], \"left_chunks_trained\": [0, 8]}}";

    @Test
    void settingsOfTheTokenListAreTheDefaults() {
        StreamTraining training = StreamTraining.parse(JsonReader.parse(CARD)).orElseThrow();
        assertThat(training.options().chunkFrames()).isEqualTo(16);
        assertThat(training.options().leftChunks()).isEqualTo(-1);
        String other = JsonWriter.compact(Map.of("decoding", training.toMap())).replace("16", "8");
        StreamTraining again = StreamTraining.parse(JsonReader.parse(other)).orElseThrow();
        assertThat(again.options().chunkFrames()).isEqualTo(8);
        assertThat(again.chunks()).isEqualTo(training.chunks());
    }

    @Test
    void allSettingsAreReadAndWritten() {
        String card =
                "{\"decoding\": {\"chunk\": -1, \"left_chunks\": 3, \"ctc_weight\": 0.3, \"reverse_weight\": 0.25}}";
        StreamTraining training = StreamTraining.parse(JsonReader.parse(card)).orElseThrow();
        assertThat(training.settings()).isEqualTo(new StreamSettings(-1, 3, 0.3, 0.25));
        assertThat(StreamTraining.settings(training.options())).isEqualTo(training.settings());
        String written = JsonWriter.compact(Map.of("decoding", training.toMap()));
        assertThat(StreamTraining.parse(JsonReader.parse(written))).contains(training);
        assertThat(training.mismatch(
                        StreamOptions.builder().chunkFrames(999).leftChunks(99).build()))
                .as("nothing is known of its training")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"chunk\": 0",
                "\"chunk\": -2",
                "\"chunk\": 1.5",
                "\"chunk\": 16, \"left_chunks\": -2",
                "\"chunk\": 16, \"ctc_weight\": -1",
                "\"chunk\": 16, \"ctc_weight\": \"much\"",
                "\"chunk\": 16, \"reverse_weight\": 1.01",
                "\"chunk\": 16, \"chunk_sizes_trained\": [3, 2]"
            })
    void settingsThatMakeNoSenseAreRefused(String decoding) {
        String card = "{\"tokens\": [\"<blank>\", \"a\"], \"blank\": 0, \"sample_rate\": 16000, \"frame_hop\": 640, "
                + "\"frame_window\": 1360, \"decoding\": {" + decoding + "}}";
        assertThatThrownBy(() -> ModelCard.parse(card.getBytes(StandardCharsets.UTF_8), "tokens.json"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tokens.json");
    }

    @Test
    void tokenListsWithoutChunksHaveNoSettings() {
        assertThat(StreamTraining.parse(JsonReader.parse("{\"decoding\": {\"beam\": 10}}")))
                .isEmpty();
        assertThat(StreamTraining.parse(JsonReader.parse("{}"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"16, -1, ''", "16, 8, ''", "-1, 0, ''", "26, -1, chunks of 26", "16, 9, 9 left chunks"})
    void settingsOutsideTheTrainingAreTold(int chunk, int left, String warning) {
        StreamTraining training = StreamTraining.parse(JsonReader.parse(CARD)).orElseThrow();
        Optional<String> mismatch = training.mismatch(
                StreamOptions.builder().chunkFrames(chunk).leftChunks(left).build());
        assertThat(mismatch.orElse("")).contains(warning);
        assertThat(mismatch.isEmpty()).isEqualTo(warning.isEmpty());
    }
}
