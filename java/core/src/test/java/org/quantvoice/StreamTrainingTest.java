package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.json.JsonReader;
import org.quantvoice.json.JsonWriter;
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
