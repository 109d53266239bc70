package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmState;

/** A language model that an application wrote serves as one that was read: the same bigrams give the same hypotheses. */
class OwnLanguageModelTest {
    private static final Vocabulary LETTERS = new Vocabulary(List.of("_", "a", "b", "|"), 0, OptionalInt.of(3), false);

    /** The bigrams of a text in the ARPA format, kept in maps. */
    private static final class Table implements LanguageModel {
        private final Map<String, Integer> ids = new HashMap<>();
        private final Map<Integer, String> words = new HashMap<>();
        private final Map<Integer, Float> unigrams = new HashMap<>();
        private final Map<Integer, Float> backoffs = new HashMap<>();
        private final Map<List<Integer>, Float> bigrams = new HashMap<>();

        Table(String arpa) {
            for (String line : arpa.split("\n")) {
                String[] fields = line.split("\t");
                if (fields.length == 3) {
                    int id = ids.size();
                    ids.put(fields[1], id);
                    words.put(id, fields[1]);
                    unigrams.put(id, Float.parseFloat(fields[0]));
                    backoffs.put(id, Float.parseFloat(fields[2]));
                } else if (fields.length == 2) {
                    String[] both = fields[1].split(" ");
                    bigrams.put(List.of(ids.get(both[0]), ids.get(both[1])), Float.parseFloat(fields[0]));
                }
            }
        }

        @Override
        public int order() {
            return 2;
        }

        @Override
        public int size() {
            return ids.size();
        }

        @Override
        public int wordId(CharSequence word) {
            return ids.getOrDefault(word.toString(), UNKNOWN);
        }

        @Override
        public String word(int id) {
            return words.get(id);
        }

        @Override
        public boolean hasSpellings() {
            return true;
        }

        @Override
        public int beginOfSentence() {
            return ids.get("<s>");
        }

        @Override
        public int endOfSentence() {
            return ids.get("</s>");
        }

        @Override
        public void beginState(LmState out) {
            out.set(0, beginOfSentence());
        }

        @Override
        public void emptyState(LmState out) {
            out.set(0);
        }

        @Override
        public float score(LmState in, int word, LmState out) {
            Float pair = in.length() == 0 ? null : bigrams.get(List.of(in.word(0), word));
            float backoff = in.length() == 0 ? 0 : backoffs.get(in.word(0));
            out.set(pair == null ? 1 : 2, word);
            return pair != null ? pair : unigrams.get(word) + backoff;
        }

        @Override
        public void close() {}
    }

    @Test
    void theSameBigramsGiveTheSameHypotheses() {
        Table own = new Table(Bigrams.WORDS);
        LanguageModel read = Bigrams.model(Bigrams.WORDS);
        for (int seed = 0; seed < 200; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 12, 4, 2, false);
            List<Hypothesis> expected = decode(read, input);
            List<Hypothesis> got = decode(own, input);
            assertThat(got)
                    .as("seed %d", seed)
                    .extracting(Hypothesis::text)
                    .isEqualTo(expected.stream().map(Hypothesis::text).toList());
            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i).language())
                        .as("seed %d, hypothesis %d", seed, i)
                        .isCloseTo(expected.get(i).language(), within(1e-5));
            }
        }
    }

    private static List<Hypothesis> decode(LanguageModel model, LogProbs input) {
        LmOptions lm = LmOptions.of(model).alpha(0.7).beta(0.9).build();
        DecoderStream stream = PrefixBeam.with(
                        LETTERS, BeamOptions.unpruned().lm(lm).nbest(5).build())
                .begin();
        stream.accept(input);
        return stream.finish();
    }

    @Test
    void aStateHoldsWhatItWasGiven() {
        LmState state = new LmState();
        state.set(2, 7, 5);
        assertThat(state.length()).isEqualTo(2);
        assertThat(state.matched()).isEqualTo(2);
        assertThat(state.word(0)).isEqualTo(7);
        assertThat(state.word(1)).isEqualTo(5);
        assertThatThrownBy(() -> state.word(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> state.set(1, 1, 2, 3, 4, 5, 6)).isInstanceOf(IllegalArgumentException.class);
    }
}
