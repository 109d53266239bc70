package org.quantvoice.internal.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.stream.WindowOptions;

/** Windows of a model whose frames repeat the first sample that they see: the frames must be those of the whole. */
final class WindowEncoderTest {
    private static final int HOP = 320;
    private static final int WINDOW = 400;

    /**
     * A model whose frame is its first sample.
     *
     * @param missing frames that it gives too few
     */
    private static Function<float[], LogProbs> echo(int missing) {
        return samples -> {
            int frames = Math.max(0, Math.floorDiv(samples.length - WINDOW, HOP) + 1 - missing);
            float[] rows = new float[frames];
            for (int t = 0; t < frames; t++) {
                rows[t] = samples[t * HOP];
            }
            return new LogProbs(rows, frames, 1);
        };
    }

    private static float[] frames(float[] samples, int piece, WindowOptions options) {
        List<Float> all = new ArrayList<>();
        try (WindowEncoder encoder = new WindowEncoder(echo(0), 16_000, HOP, WINDOW, options)) {
            for (int at = 0; at < samples.length; at += piece) {
                encoder.push(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)));
                for (EncodedFrames next = encoder.next(); next != null; next = encoder.next()) {
                    add(all, next);
                }
                encoder.restart();
            }
            add(all, encoder.last());
        }
        float[] joined = new float[all.size()];
        for (int i = 0; i < joined.length; i++) {
            joined[i] = all.get(i);
        }
        return joined;
    }

    private static void add(List<Float> all, EncodedFrames frames) {
        if (frames != null) {
            for (float x : frames.logProbs().data()) {
                all.add(x);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 0.5, 1", "0, 0.02, 0", "0.1, 1, 0.3", "3, 0.04, 0.02", "1, 0.001, 0"})
    void windowsGiveTheFramesOfTheWhole(double left, double step, double right) {
        WindowOptions options = WindowOptions.defaults().withSeconds(left, step, right);
        Random random = new Random(3);
        for (int samples : new int[] {0, 1, 399, 400, 401, 719, 720, 8_000, 16_001, 50_000}) {
            float[] audio = new float[samples];
            for (int i = 0; i < samples; i++) {
                audio[i] = random.nextFloat();
            }
            float[] whole = echo(0).apply(audio).data();
            for (int piece : new int[] {7_777, 320, 100_000}) {
                assertThat(frames(audio, piece, options))
                        .as("%d samples in pieces of %d", samples, piece)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void aModelWithFewerFramesThanItsHopSaysIsRefused() {
        WindowEncoder encoder = new WindowEncoder(
                echo(9), 16_000, HOP, WINDOW, WindowOptions.defaults().withSeconds(0, 1, 0));
        encoder.push(new float[100_000]);
        assertThatThrownBy(encoder::next)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("frame_hop");
    }

    @Test
    void latencyIsStated() {
        assertThat(WindowOptions.defaults().latency()).isEqualTo(1.5);
    }
}
