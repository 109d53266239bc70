package org.quantvoice.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.QuantizationException;

class ActivationRangesTest {
    @TempDir
    Path folder;

    @Test
    void aFileGivesTheSameNumbersBack() {
        ActivationRanges ranges = new ActivationRanges(
                Map.of("encoder.fc \"1\"", new ActivationRange(0.1f, 3), "", new ActivationRange(1e-30, 255)));
        Path file = folder.resolve("ranges.json");
        ranges.save(file);
        assertThat(ActivationRanges.load(file)).isEqualTo(ranges);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"format\": \"other\", \"version\": 1, \"layers\": {}}",
                "{\"format\": \"quantvoice-ranges\", \"version\": 2, \"layers\": {}}",
                "{\"format\": \"quantvoice-ranges\", \"version\": 1}",
                "{\"format\": \"quantvoice-ranges\", \"version\": 1, \"layers\": {\"a\": {\"scale\": 0, \"zeroPoint\": 1}}}",
                "{\"format\": \"quantvoice-ranges\", \"version\": 1, \"layers\": {\"a\": {\"scale\": 1, \"zeroPoint\": 256}}}",
                "{\"format\": \"quantvoice-ranges\", \"version\": 1, \"layers\": {\"a\": {\"zeroPoint\": 2}}}",
            })
    void otherFilesAreRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.json"), text);
        assertThatThrownBy(() -> ActivationRanges.load(file))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("bad.json");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ActivationRanges.load(folder.resolve("none.json")))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("none.json");
    }
}
