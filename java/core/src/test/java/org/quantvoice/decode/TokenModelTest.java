package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

class TokenModelTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);

    @Test
    void everyLabellingHasItsExactScore() {
        LmOptions lm = LmOptions.of(Bigrams.model(Bigrams.LETTERS))
                .unit(LmUnit.TOKEN)
                .alpha(1.3)
                .beta(0.2)
                .log10(true)
                .build();
        PrefixBeam decoder = PrefixBeam.with(
                LETTERS,
                BeamOptions.unpruned()
                        .labelling(Labelling.TOKENS)
                        .beamWidth(100_000)
                        .nbest(100_000)
                        .lm(lm)
                        .build());
        for (int seed = 0; seed < 300; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 1 + seed % 5, 4, 1.5, seed % 4 == 0);
            Map<List<Integer>, Double> exact = BruteForce.labellings(input, 2);
            DecoderStream stream = decoder.begin();
            stream.accept(input);
            List<Hypothesis> found = stream.finish();
            assertThat(found).hasSameSizeAs(exact.keySet());
            for (Hypothesis one : found) {
                List<Integer> y = IntStream.of(one.labelling()).boxed().toList();
                // The oracle for words serves for letters: they are the words of this model.
                String letters = y.stream().map(LETTERS::token).collect(Collectors.joining(" "));
                double expected = exact.get(y) + TextOracle.language(letters, lm);
                assertThat(one.score()).as("seed %d %s", seed, letters).isCloseTo(expected, within(1e-9));
            }
        }
    }
}
