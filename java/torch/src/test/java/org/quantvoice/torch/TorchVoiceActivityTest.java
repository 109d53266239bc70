package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.UnsupportedOperatorException;

/**
 * TorchScript with its state inside against the same model as ONNX with its state outside, on the native engine, which is compared
 * with ONNX Runtime: {@code voice_fixtures.py} made both files.
 */
class TorchVoiceActivityTest {

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(TorchVoiceActivityTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[] recording(int rate) {
        float[] samples = new float[3 * rate + 100];
        Random random = new Random(rate);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (random.nextGaussian() * (i / (rate / 2) % 2 == 0 ? 1e-3 : 0.1));
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
        float[] samples = recording(rate);
        float[] all = new float[samples.length];
        int made = 0;
        try (VoiceActivity.Detector detector = model.begin(rate)) {
            for (int at = 0; at < samples.length; at += piece) {
                float[] some = detector.accept(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)));
                System.arraycopy(some, 0, all, made, some.length);
                made += some.length;
            }
            float[] last = detector.finish();
            System.arraycopy(last, 0, all, made, last.length);
            return Arrays.copyOf(all, made + last.length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16_000, 8_000})
    void hearsWhatTheNativeEngineHears(int rate) {
        Path onnx =
                Path.of(System.getProperty("quantvoice.root")).resolve("java/core/src/test/resources/onnx/voice.onnx");
        try (VoiceActivity script = VoiceActivity.model(file("/models/voice.pt"));
                VoiceActivity other = VoiceActivity.model(onnx)) {
            float[] expected = heard(other, rate, 1_000);
            assertBothKinds(expected);
            for (int piece : new int[] {1_000, rate, 3}) {
                assertThat(heard(script, rate, piece)).containsExactly(expected, within(2e-6f));
            }
        }
    }

    @Test
    void whatIsNoneIsRefused() {
        assertThatThrownBy(() -> VoiceActivity.model(file("/models/traced.pt")))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("traced.pt")
                .hasMessageContaining("voice activity in Silero's form");
        try (VoiceActivity script = VoiceActivity.model(file("/models/voice.pt"))) {
            assertThatThrownBy(() -> script.begin(22_050))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("16000 or 8000 Hz");
        }
    }
}
