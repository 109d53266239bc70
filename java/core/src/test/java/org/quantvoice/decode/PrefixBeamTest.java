package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.BeamOptions.PathMerge;
import org.quantvoice.decode.Hypothesis.TokenSpan;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;

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

    /** The recursion written with maps: only the best tokens of a frame may be opened, all may be repeated. */
    @Test
    void topTokensLimitWhatIsOpenedOnly() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(4);
            int top = 1 + random.nextInt(size);
            LogProbs input = BruteForce.random(random, random.nextInt(7), size, 2, false);
            Map<List<Integer>, double[]> beam = new HashMap<>();
            beam.put(List.of(), new double[] {1, 0});
            for (int t = 0; t < input.frames(); t++) {
                beam = next(beam, input, t, top);
            }
            BeamOptions options = BeamOptions.unpruned()
                    .topTokens(top)
                    .labelling(Labelling.TOKENS)
                    .beamWidth(100_000)
                    .nbest(100_000)
                    .build();
            DecoderStream stream = PrefixBeam.with(letters(size, 0), options).begin();
            stream.accept(input);
            for (Hypothesis one : stream.finish()) {
                double[] p = beam.remove(IntStream.of(one.labelling()).boxed().toList());
                assertThat(p).as("seed %d %s", seed, one).isNotNull();
                assertThat(one.score()).as("seed %d %s", seed, one).isCloseTo(Math.log(p[0] + p[1]), within(1e-9));
            }
            assertThat(beam.values()).as("seed %d", seed).allMatch(p -> p[0] + p[1] == 0);
        }
    }

    private static Map<List<Integer>, double[]> next(
            Map<List<Integer>, double[]> beam, LogProbs input, int t, int top) {
        Map<List<Integer>, double[]> next = new HashMap<>();
        beam.forEach((y, p) -> {
            int last = y.isEmpty() ? -1 : y.get(y.size() - 1);
            for (int v = 0; v < input.vocabulary(); v++) {
                double now = Math.exp(input.at(t, v));
                int v0 = v;
                long better = IntStream.range(0, input.vocabulary())
                        .filter(w -> input.at(t, w) > input.at(t, v0) || (input.at(t, w) == input.at(t, v0) && w < v0))
                        .count();
                if (v == 0) {
                    next.computeIfAbsent(y, k -> new double[2])[0] += (p[0] + p[1]) * now;
                } else {
                    if (v == last) {
                        next.computeIfAbsent(y, k -> new double[2])[1] += p[1] * now;
                    }
                    if (better < top) {
                        List<Integer> longer = new ArrayList<>(y);
                        longer.add(v);
                        next.computeIfAbsent(longer, k -> new double[2])[1] += (v == last ? p[0] : p[0] + p[1]) * now;
                    }
                }
            }
        });
        return next;
    }
}
