package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;

/** Texts of an unpruned search against sums over all paths of tiny matrices. */
class WordBeamTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);
    private static final Vocabulary PIECES =
            new Vocabulary(List.of("\u2581a", "b", "a", "<blank>", "\u2581", "ab"), 3, OptionalInt.empty(), true);
    private static final Vocabulary AMBIGUOUS =
            new Vocabulary(List.of("a", "ab", "<blank>", "b", "|"), 2, OptionalInt.of(4), false);

    private static BeamOptions.Builder unlimited() {
        return BeamOptions.unpruned().beamWidth(100_000).nbest(100_000);
    }

    /** Every text is found, once, with its exact score. */
    private static void compare(
            Vocabulary vocabulary, BeamOptions options, int frames, int seeds, ToDoubleFunction<String> bonus) {
        PrefixBeam decoder = PrefixBeam.with(vocabulary, options);
        TextOracle oracle = new TextOracle(vocabulary);
        for (int seed = 0; seed < seeds; seed++) {
            Random random = new Random(seed);
            LogProbs input =
                    BruteForce.random(random, 1 + random.nextInt(frames), vocabulary.size(), 1.5, seed % 4 == 0);
            Map<String, Double> exact = new HashMap<>();
            oracle.texts(input).forEach((text, p) -> exact.put(text, p + bonus.applyAsDouble(text)));
            DecoderStream stream = decoder.begin();
            stream.accept(input);
            List<Hypothesis> found = stream.finish();
            assertThat(found.stream().map(Hypothesis::text))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(exact.keySet());
            for (Hypothesis one : found) {
                assertThat(one.score())
                        .as("seed %d '%s'", seed, one.text())
                        .isCloseTo(exact.get(one.text()), within(1e-9));
                assertThat(one.acoustic() + one.language() + one.hotwords()).isCloseTo(one.score(), within(1e-12));
            }
        }
    }

    @Test
    void textsOfLetters() {
        compare(LETTERS, unlimited().build(), 5, 300, text -> 0);
    }

    @Test
    void textsOfPiecesThatCanBeBuiltInSeveralWays() {
        compare(PIECES, unlimited().build(), 4, 300, text -> 0);
        compare(AMBIGUOUS, unlimited().build(), 4, 300, text -> 0);
    }

    @Test
    void wordModel() {
        LanguageModel model = Bigrams.model(Bigrams.WORDS);
        for (Vocabulary vocabulary : List.of(LETTERS, PIECES, AMBIGUOUS)) {
            LmOptions lm =
                    LmOptions.of(model).alpha(0.7).beta(0.9).unknownOffset(-3).build();
            compare(vocabulary, unlimited().lm(lm).build(), 4, 200, text -> TextOracle.language(text, lm));
        }
    }

    @Test
    void wordModelWithListedWordsAndWithoutBoundaries() {
        LanguageModel model = Bigrams.model(Bigrams.WORDS);
        LmOptions some =
                LmOptions.of(model).unigrams(List.of("a", "abb", "bab")).build();
        LmOptions none = LmOptions.of(model).unigrams(List.of()).log10(true).build();
        LmOptions open = LmOptions.of(model).scoreBoundary(false).alpha(0).build();
        for (LmOptions lm : List.of(some, none, open)) {
            compare(LETTERS, unlimited().lm(lm).build(), 5, 100, text -> TextOracle.language(text, lm));
        }
    }

    @Test
    void hotwordsAreRefundedWhenTheyBreak() {
        Hotwords hot = new Hotwords(Map.of("ab", 3.0, "ab a b", 7.0, "a b", 2.0, "b", 1.5, "bba", -1.0));
        for (Vocabulary vocabulary : List.of(LETTERS, AMBIGUOUS)) {
            compare(vocabulary, unlimited().hotwords(hot).build(), 6, 60, text -> TextOracle.hotwords(text, hot));
        }
    }

    @Test
    void hotwordsWithAModel() {
        Hotwords hot = new Hotwords(Map.of("ba", 3.0, "b a", 2.0));
        LmOptions lm = LmOptions.of(Bigrams.model(Bigrams.WORDS)).build();
        compare(
                LETTERS,
                unlimited().hotwords(hot).lm(lm).build(),
                5,
                200,
                text -> TextOracle.language(text, lm) + TextOracle.hotwords(text, hot));
    }

    @Test
    void theDefaultPruningLosesNothingThatMattersOnPeakyInput() {
        LmOptions lm =
                LmOptions.of(Bigrams.model(Bigrams.WORDS)).unknownOffset(-1).build();
        PrefixBeam narrow =
                PrefixBeam.with(LETTERS, BeamOptions.builder().lm(lm).build());
        PrefixBeam wide = PrefixBeam.with(LETTERS, unlimited().lm(lm).build());
        for (int seed = 0; seed < 300; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 6, LETTERS.size(), 4, false);
            Hypothesis fast = narrow.decode(input);
            Hypothesis exact = wide.decode(input);
            assertThat(fast.score()).as("seed %d", seed).isLessThanOrEqualTo(exact.score() + 1e-9);
            assertThat(fast.score()).as("seed %d", seed).isGreaterThan(exact.score() - 3);
        }
    }
}
