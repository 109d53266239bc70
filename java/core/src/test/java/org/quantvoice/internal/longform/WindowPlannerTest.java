package org.quantvoice.internal.longform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.audio.VoiceActivity;

/** Where windows lie on recordings of noise with gaps of digital silence. */
final class WindowPlannerTest {
    private static final int RATE = 1000;
    private static final int HOP = 20;
    private static final int LEAD = 12;

    /** Stretches of noise and of nothing, of up to so many seconds each. */
    private static float[] recording(Random random, int seconds) {
        float[] samples = new float[RATE / 2 + random.nextInt(60 * RATE)];
        for (int at = 0, k = random.nextInt(2); at < samples.length; k++) {
            int to = Math.min(samples.length, at + 1 + random.nextInt(seconds * RATE));
            for (; at < to; at++) {
                samples[at] = k % 2 == 0 ? (float) (0.1 * random.nextGaussian()) : 0;
            }
        }
        return samples;
    }

    private static List<Span> spans(WindowShape shape, float[] samples, int piece) {
        List<Span> spans = new ArrayList<>();
        try (WindowPlanner planner = new WindowPlanner(shape, VoiceActivity.byEnergy(), RATE)) {
            for (int at = 0; at < samples.length; at += piece) {
                planner.accept(Arrays.copyOfRange(samples, at, Math.min(samples.length, at + piece)));
                take(planner, spans);
            }
            planner.finish();
            take(planner, spans);
        }
        return spans;
    }

    private static void take(WindowPlanner planner, List<Span> to) {
        for (Span span = planner.next(); span != null; span = planner.next()) {
            to.add(span);
        }
    }

    private static String text(Span span) {
        return span instanceof Span.Speech s
                ? "speech " + s.start() + ": " + s.from() + " to " + s.to() + ", " + s.samples().length + " samples "
                        + Arrays.hashCode(s.samples()) + (s.last() ? ", last" : "")
                : span.toString();
    }

    /** Neighbouring stretches of silence are one, however they were found. */
    private static List<String> texts(List<Span> spans) {
        List<String> texts = new ArrayList<>();
        long silentFrom = -1;
        for (Span span : spans) {
            if (span instanceof Span.Silence s) {
                silentFrom = silentFrom < 0 ? s.from() : silentFrom;
                continue;
            }
            if (silentFrom >= 0) {
                texts.add("silence from " + silentFrom);
                silentFrom = -1;
            }
            texts.add(text(span));
        }
        return texts;
    }

    @ParameterizedTest
    @CsvSource({"500, 100, true", "600, 300, false", "1000, 300, true", "200, 0, true"})
    void windowsDependOnTheSamplesAlone(int window, int overlap, boolean pauses) {
        WindowShape shape = new WindowShape(HOP, 5, 25, Math.max(window, 2 * overlap + 1), overlap, pauses, LEAD);
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            float[] samples = recording(random, 1 + random.nextInt(30));
            List<String> whole = texts(spans(shape, samples, samples.length));
            int piece = 1 + random.nextInt(2 * RATE);
            assertThat(texts(spans(shape, samples, piece)))
                    .as("seed %d in pieces of %d", seed, piece)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"500, 100, true", "1000, 300, true", "200, 0, false"})
    void aWindowBehindAGapBeginsWithAFrameThatIsKept(int window, int overlap, boolean pauses) {
        WindowShape shape = new WindowShape(HOP, 5, 25, window, overlap, pauses, LEAD);
        int behindGaps = 0;
        for (int seed = 0; seed < 40; seed++) {
            List<Span> spans = spans(shape, recording(new Random(seed), 6), 777);
            long at = 0;
            for (int i = 0; i < spans.size(); i++) {
                boolean behindGap = i == 0 || spans.get(i - 1) instanceof Span.Silence;
                if (spans.get(i) instanceof Span.Speech s) {
                    String what = "seed " + seed + ": " + text(s);
                    assertThat(s.from()).as(what).isEqualTo(at);
                    assertThat((s.to() - s.start()) * HOP).as(what).isLessThanOrEqualTo(s.samples().length);
                    assertThat(s.samples().length)
                            .as(what)
                            .isLessThanOrEqualTo(
                                    Math.max(window, 2 * RATE / HOP) * HOP + 5 + HOP); // the last takes all
                    if (behindGap) {
                        behindGaps++;
                        assertThat(s.start()).as(what).isEqualTo(s.from());
                    }
                }
                at = spans.get(i).to();
            }
        }
        assertThat(behindGaps).isGreaterThan(40);
    }

    /** However long the gap, a window begins so many frames before speech: models tell letters in silence that they see. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 12, 25})
    void aWindowBehindAGapBeginsShortlyBeforeSpeech(int lead) {
        WindowShape shape = new WindowShape(HOP, 5, 25, 500, 100, true, lead);
        for (int gap : new int[] {2_300, 5_000, 40_000}) {
            float[] samples = new float[3 * RATE + gap + 3 * RATE];
            Random random = new Random(gap);
            for (int i = 0; i < samples.length; i++) {
                boolean spoken = i < 3 * RATE || i >= 3 * RATE + gap;
                double level = !spoken ? 1e-4 : i / (RATE / 5) % 2 == 0 ? 0.1 : 0.01; // speech rises and falls
                samples[i] = (float) (level * random.nextGaussian());
            }
            List<Span> spans = spans(shape, samples, 333);
            List<Span.Speech> speech = spans.stream()
                    .filter(Span.Speech.class::isInstance)
                    .map(Span.Speech.class::cast)
                    .toList();
            assertThat(speech).as("gap %d", gap).hasSize(2);
            assertThat(speech.get(1).from())
                    .as("gap %d", gap)
                    .isBetween((3L * RATE + gap) / HOP - lead - 1, (3L * RATE + gap) / HOP - lead + 1);
        }
    }
}
