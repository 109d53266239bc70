package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.Hypothesis.TokenSpan;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.BestPath;
import org.quantvoice.internal.beam.CtcStates;
import org.quantvoice.internal.beam.ForwardScorer;
import org.quantvoice.internal.beam.Spelling;

class AlignmentTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);

    @Test
    void forwardScoresAreThoseOfAllPaths() {
        for (int seed = 0; seed < 500; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), seed % 7, 4, 1.5, seed % 3 == 0);
            Map<List<Integer>, Double> exact = BruteForce.labellings(input, 2);
            ForwardScorer scorer = ForwardScorer.with(LETTERS);
            exact.forEach((y, p) -> assertThat(
                            scorer.score(input, y.stream().mapToInt(v -> v).toArray()))
                    .isCloseTo(p, within(1e-9)));
            int[] tooLong = new int[input.frames() + 1];
            assertThat(scorer.score(input, tooLong)).isEqualTo(Double.NEGATIVE_INFINITY);
        }
    }

    /** The spans must hold the best path: what lies between them is blank. */
    @Test
    void alignmentsAreBestPaths() {
        for (int seed = 0; seed < 500; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 1 + seed % 6, 4, 1.5, seed % 3 == 0);
            for (List<Integer> y : BruteForce.labellings(input, 2).keySet()) {
                int[] labelling = y.stream().mapToInt(v -> v).toArray();
                Hypothesis aligned = ForcedAligner.with(LETTERS).align(input, labelling);
                assertThat(aligned.labelling()).isEqualTo(labelling);
                double score = 0;
                int[] path = new int[input.frames()];
                Arrays.fill(path, 2);
                int last = 0;
                for (TokenSpan span : aligned.tokens()) {
                    assertThat(span.startFrame()).isGreaterThanOrEqualTo(last);
                    assertThat(span.endFrame()).isGreaterThan(span.startFrame());
                    Arrays.fill(path, span.startFrame(), span.endFrame(), span.token());
                    last = span.endFrame();
                }
                for (int t = 0; t < path.length; t++) {
                    score += input.at(t, path[t]);
                }
                assertThat(aligned.score()).as("seed %d %s", seed, y).isCloseTo(score, within(1e-9));
                assertThat(aligned.score())
                        .isLessThanOrEqualTo(ForwardScorer.with(LETTERS).score(input, labelling) + 1e-9);
            }
        }
    }

    @Test
    void theSearchFindsTheSpansOfTheAligner() {
        for (int seed = 0; seed < 300; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 1 + seed % 12, 4, 2, false);
            BeamOptions options = BeamOptions.unpruned()
                    .labelling(Labelling.TOKENS)
                    .beamWidth(50_000)
                    .build();
            Hypothesis found = PrefixBeam.with(LETTERS, options).decode(input);
            Hypothesis aligned = ForcedAligner.with(LETTERS).align(input, found.labelling());
            assertThat(found.tokens().stream().mapToDouble(TokenSpan::logProb).sum())
                    .isCloseTo(
                            aligned.tokens().stream()
                                    .mapToDouble(TokenSpan::logProb)
                                    .sum(),
                            within(1e-6));
            assertThat(found.tokens())
                    .usingElementComparator((a, b) ->
                            a.token() == b.token() && a.startFrame() == b.startFrame() && a.endFrame() == b.endFrame()
                                    ? 0
                                    : 1)
                    .as("seed %d", seed)
                    .isEqualTo(aligned.tokens());
        }
    }

    @Test
    void textsAreSpelledWithTheVocabulary() {
        assertThat(Spelling.ofText(" ab  ba ", LETTERS)).containsExactly(1, 3, 0, 3, 1);
        assertThat(Spelling.ofText("", LETTERS)).isEmpty();
        Vocabulary pieces =
                new Vocabulary(List.of("\u2581a", "b", "a", "<blank>", "\u2581", "ab"), 3, OptionalInt.empty(), true);
        assertThat(Spelling.ofText("ab bab", pieces)).containsExactly(0, 1, 4, 1, 5);
        assertThatThrownBy(() -> Spelling.ofText("ab ac", LETTERS))
                .isInstanceOf(DecoderException.class)
                .hasMessageContaining("'ac'")
                .hasMessageContaining("'c'");
    }

    @Test
    void whatCannotBeSaidIsRefused() {
        LogProbs two = BruteForce.random(new Random(1), 2, 4, 1, false);
        ForcedAligner aligner = ForcedAligner.with(LETTERS);
        assertThatThrownBy(() -> aligner.align(two, "aa"))
                .isInstanceOf(DecoderException.class)
                .hasMessageContaining("2 frames");
        assertThatThrownBy(() -> aligner.align(two, 2)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> ForwardScorer.with(LETTERS).score(two, 7)).isInstanceOf(DecoderException.class);
        assertThat(aligner.align(new LogProbs(new float[0], 0, 4), "").tokens()).isEmpty();
    }

    /** Halving a pass again and again finds the path of one pass, ties included. */
    @Test
    void linearMemoryFindsTheSamePath() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(3);
            int frames = 1 + random.nextInt(20);
            LogProbs input = BruteForce.random(random, frames, size, 2, seed % 3 == 0);
            if (seed % 2 == 0) {
                for (int i = 0; i < input.data().length; i++) {
                    input.data()[i] = -random.nextInt(2);
                }
            }
            int[] labelling = random.ints(random.nextInt(frames + 1), 1, size).toArray();
            int[] states = CtcStates.of(labelling, PrefixBeamTest.letters(size, 0));
            BestPath whole = new BestPath(input, states, 1 << 20);
            BestPath halves = new BestPath(input, states, random.nextInt(40));
            double score = whole.find();
            assertThat(halves.find()).as("seed %d", seed).isEqualTo(score);
            if (score > Double.NEGATIVE_INFINITY) {
                assertThat(halves.path()).as("seed %d", seed).isEqualTo(whole.path());
            }
        }
    }

    /** Minutes and thousands of characters: a byte a frame and state would be 115 MB, of which 32 are kept. */
    @Test
    void aLongTextIsAligned() {
        Vocabulary letters = new Vocabulary(List.of("<pad>", "|", "a", "b", "c"), 0, OptionalInt.of(1), false);
        int frames = 8_000;
        float[] data = new float[frames * letters.size()];
        Arrays.fill(data, (float) Math.log(0.2));
        Hypothesis path = ForcedAligner.with(letters).align(new LogProbs(data, frames, 5), "abc ".repeat(1_800));
        assertThat(path.words()).hasSize(1_800).allSatisfy(word -> assertThat(word.text())
                .isEqualTo("abc"));
        assertThat(path.score()).isCloseTo(frames * Math.log(0.2), within(1e-2));
    }
}
