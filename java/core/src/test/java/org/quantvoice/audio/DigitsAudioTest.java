package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The model's own recordings: 220 files of the reference encoder, whose MD5 the decoder checks, and 8 kHz originals. */
class DigitsAudioTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models", "digits");

    @Test
    void decodesAllFlacFiles() throws IOException {
        int files = 0;
        double seconds = 0;
        for (String set : List.of("test", "calib")) {
            try (Stream<Path> paths = Files.list(DIGITS.resolve(set))) {
                for (Path path :
                        paths.filter(p -> p.toString().endsWith(".flac")).toList()) {
                    Audio audio = AudioFiles.read(path);
                    assertThat(audio.sampleRate()).isEqualTo(16_000);
                    seconds += audio.seconds();
                    files++;
                }
            }
        }
        assertThat(files).isEqualTo(220);
        assertThat(seconds).isBetween(414.3 + 357.5, 414.3 + 358.5);
    }

    @Test
    void resamplesTheOriginals() {
        AudioCorpus originals = AudioCorpus.tsv(DIGITS.resolve("original/original.tsv"));
        assertThat(originals.size()).isEqualTo(10);
        for (AudioCorpus.Item item : originals.items()) {
            Audio narrow = AudioFiles.read(item.file());
            assertThat(narrow.sampleRate()).isEqualTo(8_000);
            Audio wide = Resampler.resample(narrow, 16_000);
            assertThat(wide.samples()).hasSize(2 * narrow.samples().length);
            Audio back = Resampler.resample(wide, 8_000);
            // what the transition band (3.6 to 4 kHz) and the cut ends take away is little
            double energy = 0;
            double lost = 0;
            for (int i = 0; i < narrow.samples().length; i++) {
                energy += narrow.samples()[i] * narrow.samples()[i];
                lost += Math.pow(narrow.samples()[i] - back.samples()[i], 2);
            }
            assertThat(lost).as(item.id()).isLessThan(0.01 * energy);
        }
    }
}
