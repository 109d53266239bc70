package org.quantvoice.internal.longform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;

/** Windows of a model whose frames depend on nothing but their own samples: joined, they must be those of the whole. */
final class LongFramesTest {
    private static final int RATE = 1000;
    private static final int HOP = 20;
    private static final int WINDOW = 25;
    private static final Vocabulary VOCABULARY = new Vocabulary(List.of("_", "|", "a"), 0, OptionalInt.of(1), false);

    /**
     * @param missing frames that the model gives too few
     */
    private static LogProbs model(float[] samples, int missing) {
        int frames = Math.max(0, Math.floorDiv(samples.length - WINDOW, HOP) + 1 - missing);
        float[] rows = new float[3 * frames];
        for (int t = 0; t < frames; t++) {
            float p = 0.05f + 0.9f * Math.abs(samples[t * HOP + WINDOW - 1]);
            rows[3 * t] = (float) Math.log(1 - p);
            rows[3 * t + 1] = (float) Math.log(p / 2);
            rows[3 * t + 2] = rows[3 * t + 1];
        }
        return new LogProbs(rows, frames, 3);
    }

    private static WindowShape shape(int window, int overlap, boolean pauses) {
        return new WindowShape(HOP, WINDOW - HOP, WINDOW, window, overlap, pauses, RATE / HOP / 2);
    }

    private static float[] joined(
            WindowShape shape,
            VoiceActivity activity,
            int parallel,
            float[] samples,
            int piece,
            Function<float[], LogProbs> model) {
        List<LogProbs> rows = new ArrayList<>();
        try (LongFrames frames =
                new LongFrames(shape, VOCABULARY, RATE, activity, PartSpans.all(), model, parallel, rows::add)) {
            for (int at = 0; at < samples.length; at += piece) {
                frames.accept(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)));
            }
            frames.finish();
        }
        return LogProbs.concat(rows, 3).data();
    }

    private static float[] noise(int count, long seed) {
        Random random = new Random(seed);
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (float) Math.max(-1, Math.min(1, random.nextGaussian() / 3));
        }
        return samples;
    }

    /** Noise that comes and goes five times a second. */
    private static float[] speech(int count, long seed) {
        float[] samples = noise(count, seed);
        for (int i = 0; i < count; i++) {
            samples[i] *= i / (RATE / 10) % 2 == 0 ? 1 : 0.1f;
        }
        return samples;
    }

    @ParameterizedTest
    @CsvSource({"150, 20, true", "150, 20, false", "100, 0, true", "101, 31, true", "200, 1, false"})
    void framesAreThoseOfTheWhole(int window, int overlap, boolean pauses) {
        Random random = new Random(window + overlap);
        for (int run = 0; run < 60; run++) {
            float[] samples = noise(WINDOW + random.nextInt(40_000), run);
            int piece = 1 + random.nextInt(3_000);
            int parallel = 1 + run % 3;
            assertThat(joined(
                            shape(window, overlap, pauses),
                            VoiceActivity.everywhere(),
                            parallel,
                            samples,
                            piece,
                            x -> model(x, 0)))
                    .as("run %d, %d samples in pieces of %d, %d at once", run, samples.length, piece, parallel)
                    .containsExactly(model(samples, 0).data());
        }
    }

    @Test
    void everyFrameOfSpeechIsTheModelsAndTheRestIsBlank() {
        for (int run = 0; run < 40; run++) {
            Random random = new Random(run);
            float[] samples = speech(30_000 + random.nextInt(5_000), run);
            int from = random.nextInt(10_000);
            int to = from + 4_000 + random.nextInt(16_000);
            Arrays.fill(samples, from, to, 0);
            AtomicInteger seen = new AtomicInteger();
            float[] rows = joined(shape(150, 20, true), VoiceActivity.byEnergy(), 2, samples, 777, x -> {
                seen.addAndGet(x.length);
                return model(x, 0);
            });
            float[] whole = model(samples, 0).data();
            assertThat(rows).as("run %d", run).hasSameSizeAs(whole);
            for (int t = 0; t < whole.length / 3; t++) {
                boolean speech = t * HOP < from || t * HOP + WINDOW > to;
                boolean blank = rows[3 * t] == 0 || rows[3 * t + 1] == (float) Math.log(0.99);
                assertThat(speech ? rows[3 * t] == whole[3 * t] : blank || rows[3 * t] == whole[3 * t])
                        .as("run %d, frame %d, silence from %d to %d", run, t, from, to)
                        .isTrue();
            }
            assertThat(seen.get()).as("run %d: samples that were encoded", run).isLessThan(samples.length * 13 / 10);
        }
    }

    @Test
    void silenceCostsNothing() {
        AtomicInteger runs = new AtomicInteger();
        float[] rows = joined(shape(150, 20, true), VoiceActivity.byEnergy(), 1, new float[600_000], 16_384, x -> {
            runs.incrementAndGet();
            return model(x, 0);
        });
        assertThat(runs).hasValue(0);
        assertThat(rows).hasSize(3 * (int) shape(150, 20, true).frames(600_000));
        for (int t = 0; t < rows.length / 3; t++) {
            assertThat(rows[3 * t]).as("blank of frame %d", t).isZero();
        }
    }

    @Test
    void windowsStayShortHoweverLongTheRecording() {
        AtomicInteger longest = new AtomicInteger();
        joined(shape(150, 20, true), VoiceActivity.everywhere(), 1, noise(300_000, 1), 999, x -> {
            longest.accumulateAndGet(x.length, Math::max);
            return model(x, 0);
        });
        assertThat(longest.get()).isLessThanOrEqualTo((150 + RATE / HOP) * HOP + WINDOW);
    }

    @Test
    void aModelWithTooFewFramesIsRefused() {
        assertThatThrownBy(() -> joined(
                        shape(150, 20, true), VoiceActivity.everywhere(), 1, noise(40_000, 1), 999, x -> model(x, 40)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("frame_hop");
    }

    @Test
    void whatTheModelThrowsArrives() {
        assertThatThrownBy(
                        () -> joined(shape(150, 20, true), VoiceActivity.everywhere(), 2, noise(40_000, 1), 999, x -> {
                            throw new AudioFormatException("a window", "another", "try");
                        }))
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("got a window");
    }
}
