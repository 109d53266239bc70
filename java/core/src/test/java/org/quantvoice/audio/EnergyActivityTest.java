package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EnergyActivityTest {
    private static final int RATE = 8000;
    private static final int STEP = RATE / 50;

    private static float[] decisions(float[] samples, int piece) {
        try (VoiceActivity.Detector detector = VoiceActivity.byEnergy().begin(RATE)) {
            assertThat(detector.step()).isEqualTo(STEP);
            float[] all = Detections.of(detector, samples, piece);
            assertThat(all).hasSize((samples.length + STEP - 1) / STEP);
            return all;
        }
    }

    private static int speech(float[] decisions, int fromSecond, int toSecond) {
        int count = 0;
        for (int t = 50 * fromSecond; t < 50 * toSecond; t++) {
            count += decisions[t] >= 0.5f ? 1 : 0;
        }
        return count;
    }

    private static float[] tone(int seconds, double level) {
        float[] samples = new float[seconds * RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (level * Math.sin(2 * Math.PI * 440 * i / RATE));
        }
        return samples;
    }

    private static void addNoise(float[] samples, int from, int to, double level, long seed) {
        Random random = new Random(seed);
        for (int i = from; i < to; i++) {
            samples[i] += (float) (level * random.nextGaussian());
        }
    }

    @Test
    void silenceToneNoiseAndDitherHoldNoSpeech() {
        assertThat(speech(decisions(new float[60 * RATE], 1000), 0, 60)).isZero();
        assertThat(speech(decisions(tone(60, 0.5), 1000), 0, 60)).isZero();
        for (double level : new double[] {0.3, 1e-2, 1e-3, 1e-5}) {
            float[] noise = new float[60 * RATE];
            addNoise(noise, 0, noise.length, level, 3);
            assertThat(speech(decisions(noise, 1000), 0, 60))
                    .as("noise of %s", level)
                    .isZero();
        }
        float[] constant = new float[60 * RATE];
        Arrays.fill(constant, 0.7f);
        assertThat(speech(decisions(constant, 1000), 0, 60)).as("a constant").isZero();
    }

    @Test
    void whatRisesAboveTheNoiseIsSpeech() {
        float[] samples = new float[60 * RATE];
        addNoise(samples, 0, samples.length, 1e-2, 1);
        addNoise(samples, 30 * RATE, 31 * RATE, 3e-2, 2);
        float[] decisions = decisions(samples, 1000);
        assertThat(speech(decisions, 30, 31)).isGreaterThan(45);
        assertThat(speech(decisions, 0, 30)).isZero();
        assertThat(speech(decisions, 32, 60)).isZero();
    }

    @Test
    void aRecordingMayBeginWithAWord() {
        for (double words : new double[] {0.1, 0.45, 0.8}) {
            float[] samples = new float[3 * RATE];
            addNoise(samples, 0, samples.length, 1e-4, 1);
            addNoise(samples, 0, (int) (words * RATE), 3e-2, 2);
            float[] decisions = decisions(samples, 100);
            int behind = (int) (50 * words);
            for (int i = 0; i < behind; i++) {
                assertThat(decisions[i]).as("%s s, step %d", words, i).isEqualTo(1f);
            }
            assertThat(speech(decisions, 1, 3)).isZero();
        }
        assertThat(decisions(new float[100], 100)).containsExactly(0f);
        float[] short0 = new float[3 * STEP + 5];
        addNoise(short0, 0, STEP, 0.1, 1);
        assertThat(decisions(short0, 7)[0]).isEqualTo(1f);
    }

    @Test
    void aLouderNoiseIsOnlySpeechUntilItStays() {
        float[] samples = new float[60 * RATE];
        addNoise(samples, 0, samples.length, 1e-3, 1);
        addNoise(samples, 20 * RATE, samples.length, 1e-1, 2);
        float[] decisions = decisions(samples, 1000);
        assertThat(speech(decisions, 21, 29)).as("it may be speech").isEqualTo(8 * 50);
        assertThat(speech(decisions, 32, 60))
                .as("speech does not stay like this")
                .isZero();
    }

    @Test
    void decisionsDoNotDependOnHowTheSamplesWereCut() {
        float[] samples = new float[20 * RATE + 77];
        Random random = new Random(5);
        for (int at = 0; at < samples.length; at += RATE / 4) {
            addNoise(samples, at, Math.min(samples.length, at + RATE / 4), random.nextDouble() / 10, at);
        }
        float[] whole = decisions(samples, samples.length);
        for (int piece : new int[] {1, 159, 160, 161, 7_001}) {
            assertThat(decisions(samples, piece)).as("pieces of %d", piece).containsExactly(whole);
        }
    }
}
