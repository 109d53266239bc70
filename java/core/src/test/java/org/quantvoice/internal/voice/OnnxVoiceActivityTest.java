package org.quantvoice.internal.voice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.Detections;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.npy.NpyFiles;

/** Models in Silero's forms against ONNX Runtime, which {@code src/test/python/voice_fixtures.py} ran step by step. */
class OnnxVoiceActivityTest {
    private static final float ROUNDING = 2e-6f;

    @TempDir
    Path folder;

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(OnnxVoiceActivityTest.class.getResource("/onnx/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The recording of the fixtures' script. */
    private static float[] recording(int rate) {
        float[] samples = new float[4 * rate];
        long state = 1;
        for (int i = 0; i < samples.length; i++) {
            state = (state * 1_664_525 + 1_013_904_223) % (1L << 32);
            double at = (double) i / rate;
            boolean loud = at > 1 && at < 2.2 || at > 2.5 && at < 3;
            samples[i] = (float) ((state >> 8) / (double) (1 << 23) - 1) * (loud ? 0.2f : 0.001f);
        }
        return samples;
    }

    private static void assertBothKinds(float[] probabilities) {
        assertThat(IntStream.range(0, probabilities.length).mapToObj(i -> probabilities[i]))
                .as("speech and silence")
                .anyMatch(p -> p > 0.9f)
                .anyMatch(p -> p < 0.1f);
    }

    private static float[] heard(VoiceActivity model, int rate, int piece) {
        try (VoiceActivity.Detector detector = model.begin(rate)) {
            assertThat(detector.step()).isEqualTo(512 * rate / 16_000);
            return Detections.of(detector, recording(rate), piece);
        }
    }

    private static void assertClose(float[] actual, float[] expected, String what) {
        assertThat(actual.length).as("steps of %s", what).isEqualTo(expected.length);
        for (int i = 0; i < actual.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i]))
                    .as("%s, step %d: %s, not %s", what, i, actual[i], expected[i])
                    .isLessThanOrEqualTo(ROUNDING);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "voice.onnx, voice-16000.npy, 16000",
        "voice.onnx, voice-8000.npy, 8000",
        "voice-two-states.onnx, voice-two-states.npy, 16000"
    })
    void hearsWhatOnnxRuntimeHears(String name, String expected, int rate) {
        float[] known = NpyFiles.read(file(expected)).data();
        assertBothKinds(known);
        try (VoiceActivity model = VoiceActivity.model(file(name))) {
            for (int piece : new int[] {4 * rate, 1, 511, 7_777}) {
                assertClose(heard(model, rate, piece), known, name + " in pieces of " + piece);
            }
        }
    }

    @Test
    void recordingsSideBySideHaveStatesOfTheirOwn() throws Exception {
        float[] known = NpyFiles.read(file("voice-16000.npy")).data();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (VoiceActivity model = VoiceActivity.model(file("voice.onnx"))) {
            List<Future<float[]>> all = threads.invokeAll(
                    java.util.Collections.nCopies(8, () -> heard(model, 16_000, 1 + new Random().nextInt(9_000))));
            for (Future<float[]> each : all) {
                assertClose(each.get(), known, "beside others");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aRateThatTheModelDoesNotKnowIsRefused() {
        try (VoiceActivity model = VoiceActivity.model(file("voice.onnx"));
                VoiceActivity wide = VoiceActivity.model(file("voice-two-states.onnx"))) {
            assertThatThrownBy(() -> model.begin(44_100))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("got 44100 Hz")
                    .hasMessageContaining("16000 or 8000 Hz");
            assertThatThrownBy(() -> wide.begin(8_000))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("expected 16000 Hz");
        }
        VoiceActivity closed = VoiceActivity.model(file("voice.onnx"));
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.begin(16_000)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingTheModelLeavesRecordingsUnderWayAlone() {
        float[] known = NpyFiles.read(file("voice-16000.npy")).data();
        VoiceActivity model = VoiceActivity.model(file("voice.onnx"));
        VoiceActivity.Detector detector = model.begin(16_000);
        model.close();
        assertClose(detector.accept(recording(16_000)), known, "behind the close");
        detector.close();
        detector.close();
        assertThatThrownBy(() -> detector.accept(new float[512])).isInstanceOf(IllegalStateException.class);
    }

    /** Recognisers are no models of voice activity, with a memory or without. */
    @ParameterizedTest
    @ValueSource(strings = {"recurrent-script.onnx", "transformer-dynamo20.onnx", "features-script.onnx"})
    void otherModelsAreRefused(String name) {
        assertThatThrownBy(() -> VoiceActivity.model(file(name)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("voice activity in Silero's form");
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        assertThatThrownBy(() -> VoiceActivity.model(folder.resolve("none.onnx")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no file at");
        Path text = Files.writeString(folder.resolve("text.bin"), "Not a model.");
        assertThatThrownBy(() -> VoiceActivity.model(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("nothing here reads");
        byte[] whole = Files.readAllBytes(file("voice.onnx"));
        Random random = new Random(3);
        for (int round = 0; round < 60; round++) {
            byte[] bad = round % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int i = 0; i < round % 5 && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Path file = Files.write(folder.resolve("bad.onnx"), bad);
            try (VoiceActivity model = VoiceActivity.model(file)) {
                assertThat(model).isNotNull(); // a flipped bit of a weight
            } catch (QuantVoiceException e) {
                assertThat(e).as("round %d", round).hasMessageContaining("bad.onnx");
            }
        }
    }
}
