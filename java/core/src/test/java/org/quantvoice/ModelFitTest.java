package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;

class ModelFitTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));

    @TempDir
    Path folder;

    /** Times are wrong then: it is told once, with the number that is right. */
    @Test
    void aFrameHopThatIsNotTheModelsIsToldOnce() throws Exception {
        List<String> told = warnings("\"frame_hop\": 640", 33_000, 33_000);
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).contains("a frame is 640 samples", "one each 32", "correct frame_hop");
    }

    @Test
    void theRightOneAndShortAudioAreNotTold() throws Exception {
        assertThat(warnings("\"frame_hop\": 320", 33_000)).isEmpty();
        assertThat(warnings("\"frame_hop\": 640", 8_000)).isEmpty();
    }

    private List<String> warnings(String hop, int... lengths) throws Exception {
        String right = Files.readString(ROOT.resolve("models/digits/model/tokens.json"));
        Path tokens = Files.writeString(folder.resolve("tokens.json"), right.replaceAll("\"frame_hop\": *[0-9]+", hop));
        Audio recording = AudioFiles.read(ROOT.resolve("examples/audio/george-02.flac"));
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (QuantSession session = QuantSession.builder()
                .model(ROOT.resolve("models/digits/model/digits.qv"))
                .vocabulary(tokens)
                .threads(1)
                .build()) {
            float[] samples =
                    Resampler.resample(recording, session.sampleRate()).samples();
            for (int length : lengths) {
                session.transcribe(new Audio(Arrays.copyOf(samples, length), session.sampleRate()));
            }
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("frame_hop"))
                .toList();
    }
}
