package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.json.JsonReader;
import org.quantvoice.stream.StreamOptions;

/** What is warned of when a stream's chunks are not those that the model was trained for. */
final class StreamTrainingTest {
    private static final String CARD =
            "{\"decoding\": {\"chunk_sizes_trained\": [1, 25], \"left_chunks_trained\": [0, 8]}}";

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
