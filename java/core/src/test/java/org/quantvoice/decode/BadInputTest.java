package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.InputType;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.internal.beam.ForwardScorer;
import org.quantvoice.lm.LmOptions;

class BadInputTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);

    private static List<Decoder> decoders() {
        return List.of(
                GreedyDecoder.with(LETTERS),
                PrefixBeam.with(LETTERS),
                PrefixBeam.with(LETTERS, BeamOptions.unpruned().topTokens(2).build()),
                PrefixBeam.with(
                        LETTERS, BeamOptions.builder().input(InputType.LOGIT).build()),
                PrefixBeam.with(
                        LETTERS,
                        BeamOptions.builder().hotwords(Hotwords.of("ab")).build()));
    }

    @Test
    void numbersThatAreNoneAreRefusedWithTheirPlace() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (Decoder decoder : decoders()) {
                for (int at = 0; at < 20; at++) {
                    LogProbs good = BruteForce.random(new Random(at), 3, 4, 1, false);
                    float[] data =
                            BruteForce.random(new Random(at), 5, 4, 1, false).data();
                    data[at] = wrong;
                    DecoderStream stream = decoder.begin();
                    stream.accept(good);
                    assertThatThrownBy(() -> stream.accept(new LogProbs(data, 5, 4)))
                            .isInstanceOf(DecoderException.class)
                            .hasMessageContaining("frame " + (3 + at / 4) + ", token " + at % 4)
                            .hasMessageContaining("'" + LETTERS.token(at % 4) + "'");
                }
            }
        }
    }

    @Test
    void aMatrixOfAnotherVocabularyIsRefused() {
        for (Decoder decoder : decoders()) {
            assertThatThrownBy(() -> decoder.decode(new LogProbs(new float[10], 2, 5)))
                    .isInstanceOf(DecoderException.class)
                    .hasMessageContaining("5");
        }
    }

    @Test
    void noFramesAreAnEmptyText() {
        for (Decoder decoder : decoders()) {
            Hypothesis nothing = decoder.decode(new LogProbs(new float[0], 0, 4));
            assertThat(nothing.text()).isEmpty();
            assertThat(nothing.score()).isZero();
            assertThat(nothing.tokens()).isEmpty();
        }
    }

    @Test
    void aDeadFrameLeavesATextAndNoScore() {
        for (Decoder decoder : decoders()) {
            float[] data = BruteForce.random(new Random(3), 9, 4, 3, false).data();
            Arrays.fill(data, 16, 20, Float.NEGATIVE_INFINITY);
            Hypothesis best = decoder.decode(new LogProbs(data, 9, 4));
            assertThat(best.score()).isEqualTo(Double.NEGATIVE_INFINITY);
        }
    }

    @Test
    void anyFiniteNumbersDecode() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            float[] data = new float[40];
            for (int i = 0; i < data.length; i++) {
                data[i] =
                        random.nextInt(3) == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextGaussian();
                data[i] = Float.isFinite(data[i]) ? data[i] : -Float.MAX_VALUE;
            }
            for (Decoder decoder : decoders()) {
                Hypothesis best = decoder.decode(new LogProbs(data, 10, 4));
                assertThat(best.score()).as("seed %d", seed).isNotNaN();
                best.words().forEach(word -> assertThat(word.confidence()).isBetween(0.0, 1.0));
            }
        }
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        List<Supplier<?>> wrong = List.of(
                () -> new Vocabulary(List.of("a", "", "b"), 0, OptionalInt.empty(), false),
                () -> new Vocabulary(List.of("a", "b", "a"), 1, OptionalInt.empty(), false),
                () -> new Vocabulary(List.of("a", "b"), -1, OptionalInt.empty(), false),
                () -> BeamOptions.builder().beamWidth(0).build(),
                () -> BeamOptions.builder().nbest(0).build(),
                () -> BeamOptions.builder().topTokens(-1).build(),
                () -> BeamOptions.builder().tokenMinLogProb(Double.NaN).build(),
                () -> BeamOptions.builder().beamPruneLogProb(1).build(),
                () -> BeamOptions.builder().beamPruneLogProb(Double.NaN).build(),
                () -> BeamOptions.builder().logProbFloor(Double.NaN).build(),
                () -> BeamOptions.builder().delimiterScore(Double.NaN).build(),
                () -> BeamOptions.builder().maxPendingFrames(0).build(),
                () -> Hotwords.of(List.of("a"), Double.NaN),
                () -> Hotwords.of(" "),
                () -> PrefixBeam.with(
                        LETTERS,
                        BeamOptions.builder().hotwords(Hotwords.of("ab xa")).build()),
                () -> LmOptions.of(Bigrams.model(Bigrams.WORDS))
                        .alpha(Double.NaN)
                        .build(),
                () -> LmOptions.of(Bigrams.model(Bigrams.WORDS))
                        .beta(Double.POSITIVE_INFINITY)
                        .build(),
                () -> LmOptions.of(Bigrams.model(Bigrams.WORDS)).alpha(-1).build(),
                () -> Hypothesis.rescore(List.of(), h -> 0, 2));
        for (int i = 0; i < wrong.size(); i++) {
            Supplier<?> one = wrong.get(i);
            assertThatThrownBy(one::get).as("option %d", i).isInstanceOf(DecoderException.class);
        }
        assertThatThrownBy(() -> PrefixBeam.with(
                        LETTERS,
                        BeamOptions.builder().hotwords(Hotwords.of("ab xa")).build()))
                .hasMessageContaining("'x'");
    }

    @Test
    void logitsProbabilitiesAndUnnormalisedRowsAgree() {
        for (int seed = 0; seed < 100; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 12, 4, 2, false);
            float[] logits = input.data().clone();
            float[] probs = input.data().clone();
            for (int i = 0; i < logits.length; i++) {
                logits[i] += 3 + i / 4;
                probs[i] = (float) Math.exp(probs[i]);
            }
            double expected = PrefixBeam.with(LETTERS).decode(input).score();
            assertThat(score(BeamOptions.builder().input(InputType.LOGIT), logits))
                    .isCloseTo(expected, within(1e-4));
            assertThat(score(BeamOptions.builder().input(InputType.PROB), probs))
                    .isCloseTo(expected, within(1e-4));
            assertThat(score(BeamOptions.builder().normalise(true), logits)).isCloseTo(expected, within(1e-4));
            double forward = ForwardScorer.with(LETTERS).score(input, 1, 3);
            LogProbs back = InputType.LOGIT.toLogProbs(new LogProbs(logits, 12, 4));
            assertThat(ForwardScorer.with(LETTERS).score(back, 1, 3)).isCloseTo(forward, within(1e-4));
        }
    }

    private static double score(BeamOptions.Builder options, float[] data) {
        return PrefixBeam.with(LETTERS, options.build())
                .decode(new LogProbs(data, data.length / 4, 4))
                .score();
    }

    @Test
    void rescoringOrdersAnew() {
        DecoderStream stream = PrefixBeam.with(
                        LETTERS, BeamOptions.unpruned().nbest(10).build())
                .begin();
        stream.accept(BruteForce.random(new Random(4), 8, 4, 1, false));
        List<Hypothesis> nbest = stream.finish();
        List<Hypothesis> longest = Hypothesis.rescore(nbest, h -> h.text().length(), 1);
        assertThat(longest.get(0).text().length())
                .isEqualTo(nbest.stream().mapToInt(h -> h.text().length()).max().orElseThrow());
        assertThat(Hypothesis.rescore(nbest, h -> 1e9, 0)).isEqualTo(nbest);
        assertThatThrownBy(() -> Hypothesis.rescore(nbest, h -> Double.NaN, 0.5))
                .isInstanceOf(DecoderException.class);
    }
}
