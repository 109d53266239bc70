package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

class BackoffModelTest {
    private static final Path FILES = ReferenceScores.VARIANTS.resolve("cases/kenlm");
    private static final int WORDS = 20_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "small5.arpa",
                "small5.probing.bin",
                "small5.probing_p12.bin",
                "small5.trie.bin",
                "small5.trie_a255.bin",
                "small5.trie_a3.bin",
                "small6.arpa",
                "small6.probing.bin",
                "small6.trie.bin",
                "small2.arpa",
                "small2.probing_nowords.bin",
                "small2.trie_nowords.bin",
                "nounk3.arpa",
                "nounk3.probing.bin",
                "nounk3.probing_rest.bin",
                "nounk3.trie.bin"
            })
    void randomTextScoresAsTheDefinitionSays(String file) throws IOException {
        NaiveBackoff oracle = NaiveBackoff.read(FILES.resolve(file.substring(0, file.indexOf('.')) + ".arpa"));
        List<String> words = new ArrayList<>(oracle.words());
        words.add("nowhere");
        Random random = new Random(11);
        try (LanguageModel model = LanguageModel.open(FILES.resolve(file), 0)) {
            LmState state = new LmState();
            LmState next = new LmState();
            model.beginState(state);
            List<String> text = new ArrayList<>(List.of("<s>"));
            for (int i = 0; i < WORDS; i++) {
                String word = words.get(random.nextInt(words.size()));
                text.add(oracle.knows(word) ? word : "<unk>");
                float score = model.score(state, model.wordId(word), next);
                List<String> tail = text.subList(Math.max(0, text.size() - 7), text.size());
                assertThat((double) score).as("%s: %s", file, tail).isCloseTo(oracle.score(tail), within(2e-5));
                assertThat(next.length()).isLessThan(model.order());
                state.copyFrom(next);
            }
        }
    }

    @Test
    void equalStatesScoreAllWordsAlike() {
        try (LanguageModel model = LanguageModel.open(FILES.resolve("small5.trie.bin"), 0)) {
            Random random = new Random(3);
            Map<LmState, float[]> seen = new HashMap<>();
            LmState state = new LmState();
            LmState next = new LmState();
            int met = 0;
            for (int i = 0; i < 3000; i++) {
                float[] scores = new float[model.size()];
                for (int word = 0; word < scores.length; word++) {
                    scores[word] = model.score(state, word, next);
                }
                LmState key = new LmState();
                key.copyFrom(state);
                float[] before = seen.putIfAbsent(key, scores);
                if (before != null) {
                    met++;
                    assertThat(scores).as("scores after an equal state").isEqualTo(before);
                }
                model.score(state, random.nextInt(model.size()), next);
                state.copyFrom(next);
            }
            assertThat(met).as("states met again").isGreaterThan(500);
        }
    }

    @Test
    void aWordThatBeginsNoNgramLeavesAnEmptyState() {
        try (LanguageModel model =
                LanguageModel.open(ReferenceScores.DECODER.resolve("cases/kenlm/edge_plain_tabs.arpa"))) {
            LmState start = new LmState();
            LmState next = new LmState();
            model.beginState(start);
            assertThat(start.length()).isEqualTo(1);
            model.score(start, model.wordId("a"), next);
            assertThat(next.length()).isEqualTo(1);
            model.score(start, LanguageModel.UNKNOWN, next);
            assertThat(next.length()).isZero();
            assertThat(next.matched()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kjv3.arpa", "kjv3.probing.bin", "kjv3.trie.bin"})
    void aQueryAllocatesNothing(String file) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (LanguageModel model =
                LanguageModel.open(ReferenceScores.DECODER.resolve("lm").resolve(file), 0)) {
            query(model, 1000);
            long before = threads.getCurrentThreadAllocatedBytes();
            query(model, 200_000);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as("bytes allocated by 200,000 queries").isLessThan(100_000);
        }
    }

    private static void query(LanguageModel model, int count) {
        LmState state = new LmState();
        LmState next = new LmState();
        int word = 1;
        for (int i = 0; i < count; i++) {
            word = (int) ((word * 48271L + 11) % model.size());
            model.score(state, word, next);
            LmState swap = state;
            state = next;
            next = swap;
        }
    }

    @Test
    void misuseIsRefused() {
        LanguageModel model = LanguageModel.open(FILES.resolve("small2.trie_nowords.bin"));
        LmState state = new LmState();
        LmState next = new LmState();
        for (int id : new int[] {-1, model.size(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> model.score(state, id, next))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("word id " + id);
        }
        assertThatThrownBy(() -> model.score(state, 1, state)).isInstanceOf(IllegalArgumentException.class);
        assertThat(model.hasSpellings()).isFalse();
        assertThatThrownBy(() -> model.word(1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("without spellings");
        model.close();
        model.close();
        assertThatThrownBy(() -> model.score(state, 1, next)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.wordId("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> model.word(1)).isInstanceOf(IllegalStateException.class);
    }
}
