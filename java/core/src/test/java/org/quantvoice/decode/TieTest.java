package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.BeamOptions.PathMerge;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/** Scores that are equal to the bit, as logits of few values give, and an int8 output layer. */
class TieTest {
    private static final int NEVER = Integer.MAX_VALUE;
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);
    private static final Vocabulary PIECES =
            new Vocabulary(List.of("\u2581a", "b", "a", "<blank>", "\u2581", "ab"), 3, OptionalInt.empty(), true);
    private static final Vocabulary AMBIGUOUS =
            new Vocabulary(List.of("a", "ab", "<blank>", "b", "|"), 2, OptionalInt.of(4), false);
    private static final Vocabulary SIGNS = new Vocabulary(List.of("<blank>", "a", "b"), 0, OptionalInt.empty(), false);

    /** Logits that are multiples of a step, normalised: 2 values, or a grid; {@code still} frames of equal rows. */
    private static LogProbs ties(Random random, int frames, int size) {
        int levels = random.nextBoolean() ? 2 : 2 + random.nextInt(12);
        float step = (0.25f + random.nextInt(16) / 4f) * 2 / levels;
        float[] data = new float[frames * size];
        for (int t = 0; t < frames; t++) {
            double sum = 0;
            for (int v = 0; v < size; v++) {
                data[t * size + v] = -random.nextInt(levels) * step;
                sum += Math.exp(data[t * size + v]);
            }
            for (int v = 0; v < size; v++) {
                data[t * size + v] -= (float) Math.log(sum);
            }
        }
        return new LogProbs(data, frames, size);
    }

    private static Map<String, BeamOptions.Builder> options(Vocabulary vocabulary) {
        LmOptions words = LmOptions.of(Bigrams.model(Bigrams.WORDS)).build();
        LmOptions tokens =
                LmOptions.of(Bigrams.model(Bigrams.LETTERS)).unit(LmUnit.TOKEN).build();
        Lexicon lexicon = Lexicon.ofWords(List.of("a", "ab", "ba", "bab", "b"));
        Map<String, BeamOptions.Builder> all = new LinkedHashMap<>();
        all.put("plain", BeamOptions.builder());
        all.put("unpruned", BeamOptions.unpruned());
        all.put("labellings", BeamOptions.unpruned().labelling(Labelling.TOKENS));
        all.put("best path", BeamOptions.unpruned().merge(PathMerge.MAX));
        all.put("words", BeamOptions.builder().lm(words));
        all.put("words, history", BeamOptions.unpruned().lm(words).pruneHistory(true));
        all.put("tokens", BeamOptions.builder().lm(tokens));
        all.put("tokens, history", BeamOptions.unpruned().lm(tokens).pruneHistory(true));
        all.put("history", BeamOptions.unpruned().pruneHistory(true));
        all.put("hot", BeamOptions.unpruned().hotwords(new Hotwords(Map.of("ab", 2.0, "b", 1.0))));
        all.put("lexicon", BeamOptions.builder().lexicon(lexicon));
        all.put("lexicon, words", BeamOptions.unpruned().lexicon(lexicon).lm(words));
        if (vocabulary == SIGNS) {
            Lexicon several = Lexicon.of(List.of(
                    new Lexicon.Entry("X", List.of("a", "b")),
                    new Lexicon.Entry("X", List.of("b", "b")),
                    new Lexicon.Entry("Y", List.of("a"))));
            all.put("several spellings", BeamOptions.unpruned().lexicon(several));
        }
        return all;
    }

    private static List<Hypothesis> run(DecoderStream stream, LogProbs input) {
        for (int t = 0; t < input.frames(); t++) {
            stream.accept(StreamTest.slice(input, t, t + 1));
        }
        return stream.finish();
    }

    /** Housekeeping after every frame, after some, and never: all results are the same to the bit. */
    @Test
    void whatIsDroppedChangesNothing() {
        for (Vocabulary vocabulary : List.of(LETTERS, PIECES, AMBIGUOUS, SIGNS)) {
            options(vocabulary).forEach((name, builder) -> {
                for (int width : new int[] {1, 2, 5, 20}) {
                    PrefixBeam decoder = PrefixBeam.with(
                            vocabulary, builder.beamWidth(width).nbest(width).build());
                    for (int seed = 0; seed < 6; seed++) {
                        Random random = new Random(seed);
                        LogProbs input = ties(random, 10 + random.nextInt(60), vocabulary.size());
                        List<Hypothesis> expected = run(decoder.begin(NEVER), input);
                        String where = vocabulary.tokens() + " " + name + ", width " + width + ", seed " + seed;
                        assertThat(run(decoder.begin(1), input)).as(where).isEqualTo(expected);
                        assertThat(run(decoder.begin(40), input)).as(where).isEqualTo(expected);
                    }
                }
            });
        }
    }

    /** As long as speech is: the housekeeping of ordinary streams many times over. */
    @Test
    void longStreamsOfTiesEnd() {
        for (Vocabulary vocabulary : List.of(LETTERS, PIECES, AMBIGUOUS, SIGNS)) {
            options(vocabulary).forEach((name, builder) -> {
                for (int seed = 0; seed < 3; seed++) {
                    int width = new int[] {2, 5, 20}[seed % 3];
                    LogProbs input = ties(new Random(seed), 2_000, vocabulary.size());
                    PrefixBeam decoder = PrefixBeam.with(
                            vocabulary, builder.beamWidth(width).nbest(width).build());
                    Hypothesis best = run(decoder.begin(), input).get(0);
                    assertThat(best.score())
                            .as("%s %s, seed %d", vocabulary.tokens(), name, seed)
                            .isNotNaN();
                }
            });
        }
    }

    @Test
    void tiesAreExactAgainstAllPaths() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(3);
            LogProbs input = ties(random, random.nextInt(7), size);
            Map<List<Integer>, Double> exact = BruteForce.labellings(input, 0);
            BeamOptions options = BeamOptions.unpruned()
                    .labelling(Labelling.TOKENS)
                    .beamWidth(100_000)
                    .nbest(100_000)
                    .build();
            List<Hypothesis> found = run(
                    PrefixBeam.with(PrefixBeamTest.letters(size, 0), options).begin(1), input);
            List<List<Integer>> labellings = new ArrayList<>();
            for (Hypothesis one : found) {
                List<Integer> y = IntStream.of(one.labelling()).boxed().toList();
                labellings.add(y);
                assertThat(one.score()).as("seed %d %s", seed, y).isCloseTo(exact.get(y), within(1e-9));
            }
            assertThat(labellings).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(exact.keySet());
        }
    }
}
