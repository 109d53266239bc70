package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
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
}
