package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixBeamTest {

    static Vocabulary letters(int size, int blank) {
        List<String> tokens = new ArrayList<>();
        for (int v = 0; v < size; v++) {
            tokens.add(v == blank ? "<blank>" : String.valueOf((char) ('a' + v)));
        }
        return new Vocabulary(tokens, blank, OptionalInt.empty(), false);
    }

    @Test
    void unlimitedBeamIsExactOnFiveThousandRandomMatrices() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            int frames = random.nextInt(7);
            int size = 1 + random.nextInt(4);
            int blank = random.nextInt(size);
            LogProbs input = BruteForce.random(random, frames, size, 0.3 + 3 * random.nextDouble(), seed % 3 == 0);
            Map<List<Integer>, Double> exact = BruteForce.labellings(input, blank);
            BeamOptions options = BeamOptions.unpruned()
                    .labelling(Labelling.TOKENS)
                    .beamWidth(100_000)
                    .nbest(exact.size() + 1)
                    .build();
            DecoderStream stream =
                    PrefixBeam.with(letters(size, blank), options).begin();
            stream.accept(input);
            List<Hypothesis> found = stream.finish();
            assertThat(found).as("seed %d", seed).hasSameSizeAs(exact.keySet());
            for (Hypothesis one : found) {
                List<Integer> labelling = IntStream.of(one.labelling()).boxed().toList();
                assertThat(one.score()).as("seed %d %s", seed, labelling).isCloseTo(exact.get(labelling), within(1e-9));
            }
            assertThat(found)
                    .as("seed %d", seed)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(Hypothesis::score).reversed());
        }
    }

    /** What the token threshold leaves of a matrix, decoded exactly: also runs through the frames of one token. */
    @Test
    void tokenPruningIsExactOnTheTokensLeft() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(3);
            int blank = random.nextInt(size);
            LogProbs input = BruteForce.random(random, random.nextInt(7), size, 3, false);
            double threshold = -0.2 - 2 * random.nextDouble();
            BeamOptions options = BeamOptions.unpruned()
                    .tokenMinLogProb(threshold)
                    .labelling(Labelling.TOKENS)
                    .beamWidth(100_000)
                    .nbest(100_000)
                    .build();
            Map<List<Integer>, Double> exact = BruteForce.labellings(masked(input, threshold), blank);
            DecoderStream stream =
                    PrefixBeam.with(letters(size, blank), options).begin();
            stream.accept(input);
            List<Hypothesis> found = stream.finish();
            assertThat(found).as("seed %d", seed).hasSameSizeAs(exact.keySet());
            for (Hypothesis one : found) {
                List<Integer> labelling = IntStream.of(one.labelling()).boxed().toList();
                assertThat(one.score()).as("seed %d %s", seed, labelling).isCloseTo(exact.get(labelling), within(1e-9));
            }
        }
    }

    private static LogProbs masked(LogProbs input, double threshold) {
        float[] data = input.data().clone();
        for (int i = 0; i < data.length; i++) {
            boolean best = input.argmax(i / input.vocabulary()) == i % input.vocabulary();
            if (data[i] < threshold && !best) {
                data[i] = Float.NEGATIVE_INFINITY;
            }
        }
        return new LogProbs(data, input.frames(), input.vocabulary());
    }

    @Test
    void bestPathMergingFindsTheBestPathOfEachLabelling() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(3);
            LogProbs input = BruteForce.random(random, 1 + random.nextInt(6), size, 1.5, seed % 3 == 0);
            Vocabulary vocabulary = letters(size, 0);
            BeamOptions options = BeamOptions.unpruned()
                    .merge(PathMerge.MAX)
                    .labelling(Labelling.TOKENS)
                    .beamWidth(100_000)
                    .nbest(100_000)
                    .build();
            DecoderStream stream = PrefixBeam.with(vocabulary, options).begin();
            stream.accept(input);
            for (Hypothesis one : stream.finish()) {
                Hypothesis path = ForcedAligner.with(vocabulary).align(input, one.labelling());
                assertThat(one.score()).as("seed %d %s", seed, one).isCloseTo(path.score(), within(1e-9));
                assertThat(one.tokens().stream().mapToDouble(TokenSpan::logProb).sum())
                        .as("seed %d: blanks cost the rest", seed)
                        .isGreaterThanOrEqualTo(path.score() - 1e-9);
            }
        }
    }

    @Test
    void equalScoresAreOrderedByContent() {
        float third = (float) Math.log(1.0 / 3);
        float[] data = new float[3 * 40];
        Arrays.fill(data, third);
        LogProbs flat = new LogProbs(data, 40, 3);
        BeamOptions options = BeamOptions.unpruned()
                .labelling(Labelling.TOKENS)
                .beamWidth(20)
                .nbest(20)
                .build();
        DecoderStream stream = PrefixBeam.with(letters(3, 0), options).begin();
        stream.accept(flat);
        List<Hypothesis> found = stream.finish();
        assertThat(found).hasSize(20);
        for (int k = 1; k < found.size(); k++) {
            Hypothesis better = found.get(k - 1);
            Hypothesis worse = found.get(k);
            assertThat(better.score() > worse.score() || Arrays.compare(better.labelling(), worse.labelling()) < 0)
                    .as("%s before %s", better, worse)
                    .isTrue();
        }
    }
}
