package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.AudioFormatException;

class MicrophoneTest {
    private final List<String> calls = new ArrayList<>();
    private int delivered;

    /** A line that delivers the 16-bit numbers 0, 1, 2 ... in pieces of at most 6 bytes, and is stopped after 40 bytes. */
    private TargetDataLine line() {
        return (TargetDataLine) Proxy.newProxyInstance(
                TargetDataLine.class.getClassLoader(), new Class<?>[] {TargetDataLine.class}, (proxy, method, args) -> {
                    calls.add(method.getName());
                    return switch (method.getName()) {
                        case "read" -> deliver((byte[]) args[0], (int) args[1], (int) args[2]);
                        case "getFormat" -> new AudioFormat(16_000, 16, 1, true, false);
                        default -> null;
                    };
                });
    }

    private int deliver(byte[] out, int from, int length) {
        int count = Math.min(Math.min(6, length), 40 - delivered);
        for (int i = 0; i < count; i++, delivered++) {
            out[from + i] = (byte) (delivered % 2 == 0 ? delivered / 2 : 0x80);
        }
        return count;
    }

    @Test
    void readsWholeRequestsUntilTheLineStops() {
        try (Microphone microphone = Microphone.open(16_000, rate -> line())) {
            assertThat(microphone.rate()).isEqualTo(16_000);
            float[] first = microphone.read(16);
            for (int i = 0; i < 16; i++) {
                assertThat(first[i]).isEqualTo((short) (0x8000 + i) / 32_768f);
            }
            assertThat(microphone.read(16)).hasSize(4);
            assertThat(microphone.read(16)).isEmpty();
            assertThatThrownBy(() -> microphone.read(0)).isInstanceOf(AudioFormatException.class);
        }
        assertThat(calls).endsWith("stop", "close");
    }

    /** A line that records a tone at 48 kHz, so many samples of it. */
    private static TargetDataLine tone(int samples) {
        int[] at = {0};
        return (TargetDataLine) Proxy.newProxyInstance(
                TargetDataLine.class.getClassLoader(), new Class<?>[] {TargetDataLine.class}, (proxy, method, args) -> {
                    if (!method.getName().equals("read")) {
                        return null;
                    }
                    int count = Math.min((int) args[2], 2 * samples - at[0]);
                    for (int i = 0; i < count; i++, at[0]++) {
                        int value = pcm(at[0] / 2);
                        ((byte[]) args[0])[(int) args[1] + i] = (byte) (at[0] % 2 == 0 ? value : value >> 8);
                    }
                    return count;
                });
    }

    private static int pcm(int sample) {
        return (int) (10_000 * Math.sin(2 * Math.PI * 440 * sample / 48_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1600, 5_000})
    void resamplesWhatAnswersAt48KilohertzOnly(int piece) {
        float[] recorded = new float[10_000];
        for (int i = 0; i < recorded.length; i++) {
            recorded[i] = pcm(i) / 32_768f;
        }
        float[] expected =
                Resampler.resample(new Audio(recorded, 48_000), 16_000).samples();
        List<Float> heard = new ArrayList<>();
        Microphone.Lines lines = rate -> {
            if (rate != 48_000) {
                throw new LineUnavailableException("not at " + rate);
            }
            return tone(recorded.length);
        };
        try (Microphone microphone = Microphone.open(16_000, lines)) {
            assertThat(microphone.rate()).isEqualTo(16_000);
            for (float[] read = microphone.read(piece); read.length > 0; read = microphone.read(piece)) {
                assertThat(read.length == piece || heard.size() + read.length == expected.length)
                        .isTrue();
                for (float x : read) {
                    heard.add(x);
                }
            }
        }
        assertThat(heard).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(heard.get(i)).as("sample %d", i).isEqualTo(expected[i]);
        }
    }

    @Test
    void namesBothRatesWhenNoneIsThere() {
        assertThatThrownBy(() -> Microphone.open(16_000, rate -> {
                    throw new LineUnavailableException("in use");
                }))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("16000 Hz or at 48000 Hz (in use)");
    }

    @Test
    void saysThatThereIsNoMicrophone() {
        DataLine.Info info = new DataLine.Info(TargetDataLine.class, new AudioFormat(16_000, 16, 1, true, false));
        Assumptions.assumeFalse(AudioSystem.isLineSupported(info), "this machine has a microphone");
        assertThatThrownBy(() -> Microphone.open(16_000))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("16000 Hz");
    }

    @Test
    void refusesImpossibleRates() {
        assertThatThrownBy(() -> Microphone.open(0)).isInstanceOf(AudioFormatException.class);
    }
}
