package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LmOptions;

@Tag("windows")
class LexiconTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);
    private static final Vocabulary SIGNS = new Vocabulary(List.of("<blank>", "a", "b"), 0, OptionalInt.empty(), false);

    private static Lexicon.Entry entry(String word, String... spelling) {
        return new Lexicon.Entry(word, List.of(spelling));
    }

    private static BeamOptions.Builder unlimited(Lexicon lexicon) {
        return BeamOptions.unpruned().beamWidth(100_000).nbest(100_000).lexicon(lexicon);
    }

    private static List<Hypothesis> decode(Vocabulary vocabulary, BeamOptions options, LogProbs input) {
        DecoderStream stream = PrefixBeam.with(vocabulary, options).begin();
        stream.accept(input);
        return stream.finish();
    }

    /** By enumeration: texts all of whose words are in the lexicon, the last one with or without delimiter. */
    @Test
    void textsOfTheLexiconHaveTheirExactScores() {
        Set<String> words = Set.of("a", "ab", "bb");
        LmOptions lm =
                LmOptions.of(Bigrams.model(Bigrams.WORDS)).unknownOffset(-2).build();
        Lexicon lexicon = Lexicon.ofWords(List.copyOf(words));
        TextOracle oracle = new TextOracle(LETTERS);
        Hotwords hot = new Hotwords(Map.of("ab a", 2.5));
        for (int seed = 0; seed < 300; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 1 + seed % 6, 4, 1.5, seed % 5 == 0);
            Map<String, Double> exact = new HashMap<>();
            oracle.texts(input).forEach((text, p) -> {
                if (words.containsAll(TextOracle.words(text))) {
                    exact.put(text, p + TextOracle.language(text, lm) + TextOracle.hotwords(text, hot));
                }
            });
            List<Hypothesis> found =
                    decode(LETTERS, unlimited(lexicon).lm(lm).hotwords(hot).build(), input);
            if (exact.isEmpty()) {
                continue;
            }
            assertThat(found.stream().map(Hypothesis::text))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(exact.keySet());
            for (Hypothesis one : found) {
                assertThat(one.score())
                        .as("seed %d %s", seed, one.text())
                        .isCloseTo(exact.get(one.text()), within(1e-9));
            }
        }
    }

    /** Without delimiters, a labelling is read as the sequence of its signs. */
    @Test
    void wordsOfOneTokenAreRepeatedOnlyOverABlank() {
        Lexicon lexicon = Lexicon.of(List.of(entry("A", "a"), entry("B", "b")));
        for (int seed = 0; seed < 200; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 1 + seed % 6, 3, 1.5, false);
            Map<List<Integer>, Double> exact = BruteForce.labellings(input, 0);
            List<Hypothesis> found = decode(SIGNS, unlimited(lexicon).build(), input);
            assertThat(found).hasSameSizeAs(exact.keySet());
            for (Hypothesis one : found) {
                List<Integer> y = new ArrayList<>();
                one.words().forEach(word -> y.add(word.text().equals("A") ? 1 : 2));
                assertThat(one.score()).as("seed %d %s", seed, y).isCloseTo(exact.get(y), within(1e-9));
            }
        }
    }

    @Test
    void severalSpellingsAreOneWord() {
        Lexicon lexicon = Lexicon.of(List.of(entry("X", "a", "b"), entry("X", "b", "b"), entry("Y", "a", "a")));
        for (int seed = 0; seed < 200; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 2 + seed % 5, 3, 1.5, false);
            Map<String, Double> exact = new HashMap<>();
            BruteForce.labellings(input, 0).forEach((y, p) -> {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i + 1 < y.size(); i += 2) {
                    boolean xy = y.get(i + 1) == 2 || y.get(i) == 1;
                    text.append(!xy ? "?" : y.get(i + 1) == 2 ? "X " : "Y ");
                }
                if (y.size() % 2 == 0 && text.indexOf("?") < 0) {
                    exact.merge(text.toString().trim(), p, (a, b) -> Math.log(Math.exp(a) + Math.exp(b)));
                }
            });
            List<Hypothesis> found = decode(SIGNS, unlimited(lexicon).build(), input);
            assertThat(found.stream().map(Hypothesis::text))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(exact.keySet());
            for (Hypothesis one : found) {
                assertThat(one.score())
                        .as("seed %d %s", seed, one.text())
                        .isCloseTo(exact.get(one.text()), within(1e-9));
            }
        }
    }

    @Test
    void onlyWordsOfTheListUnderAnyPruning() {
        List<String> words = List.of("a", "ab", "bab");
        Lexicon lexicon = Lexicon.ofWords(words);
        for (int seed = 0; seed < 100; seed++) {
            LogProbs input = BruteForce.random(new Random(seed), 60, 4, 3, false);
            BeamOptions options = BeamOptions.builder()
                    .beamWidth(1 + seed % 20)
                    .topTokens(seed % 4)
                    .lexicon(lexicon)
                    .build();
            Hypothesis best = PrefixBeam.with(LETTERS, options).decode(input);
            assertThat(best.words()).as("seed %d", seed).allSatisfy(word -> {
                assertThat(words).contains(word.text());
                assertThat(word.endFrame()).isGreaterThanOrEqualTo(word.startFrame());
            });
        }
    }

    @Test
    void unknownWordsIfTheyAreAllowed() {
        Lexicon closed = Lexicon.ofWords(List.of("ab"));
        Lexicon open = closed.withUnknownScore(-1).withLastWordKept(false);
        float[] data = new float[3 * 4];
        Arrays.fill(data, -50);
        data[1] = 0;
        data[4 + 2] = 0;
        data[8 + 1] = 0;
        LogProbs twice = new LogProbs(data, 3, 4);
        assertThat(decode(LETTERS, unlimited(open).build(), twice).get(0).text())
                .isEqualTo("<unk> <unk>");
        assertThat(decode(LETTERS, unlimited(open).build(), twice).get(0).score())
                .isCloseTo(-2, within(1e-9));
    }

    @Test
    void readsFilesAndSaysWhichLetterIsMissing(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("words.txt");
        Files.writeString(file, "\uFEFFAB\ta b |\r\nab\n\nAB\tb b |\n");
        Lexicon lexicon = Lexicon.read(file);
        assertThat(lexicon.entries())
                .containsExactly(entry("AB", "a", "b", "|"), entry("ab"), entry("AB", "b", "b", "|"));
        for (Lexicon wrong : List.of(Lexicon.ofWords(List.of("a", "abz")), Lexicon.of(List.of(entry("W", "a", "z"))))) {
            BeamOptions options = BeamOptions.builder().lexicon(wrong).build();
            assertThatThrownBy(() -> PrefixBeam.with(LETTERS, options))
                    .isInstanceOf(DecoderException.class)
                    .hasMessageContaining("'z'");
        }
        assertThatThrownBy(() -> Lexicon.read(folder.resolve("none"))).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> Lexicon.ofWords(List.of())).isInstanceOf(DecoderException.class);
    }
}
