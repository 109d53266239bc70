package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/** Languages that put no spaces between words, and tokens that are no letters. */
class UnspacedTest {
    private static final Vocabulary CHINESE = vocabulary("<blank> 我 们 去 北 京 背 景 吧", null, false);
    private static final String CHARACTERS = String.join(
            "\n",
            "\\data\\",
            "ngram 1=11",
            "ngram 2=2",
            "",
            "\\1-grams:",
            "-1.2\t<unk>",
            "-99\t<s>\t-0.3",
            "-1\t</s>",
            "-1\t我\t-0.3",
            "-1\t们\t-0.3",
            "-1\t去\t-0.3",
            "-1\t北\t-0.3",
            "-1\t京\t-0.3",
            "-2\t背\t-0.3",
            "-2\t景\t-0.3",
            "-1\t吧\t-0.3",
            "",
            "\\2-grams:",
            "-0.1\t去 北",
            "-0.1\t北 京",
            "",
            "\\end\\",
            "");

    private static Vocabulary vocabulary(String tokens, String delimiter, boolean pieces) {
        List<String> all = List.of(tokens.split(" "));
        return new Vocabulary(
                all, 0, delimiter == null ? OptionalInt.empty() : OptionalInt.of(all.indexOf(delimiter)), pieces);
    }

    /** A row for each frame: "token:probability,..."; what is left is spread over the others. */
    private static LogProbs rows(Vocabulary vocabulary, String... frames) {
        int size = vocabulary.size();
        float[] data = new float[frames.length * size];
        for (int t = 0; t < frames.length; t++) {
            double[] p = new double[size];
            double sum = 0;
            String[] named = frames[t].split(",");
            for (String one : named) {
                int colon = one.lastIndexOf(':');
                double value = Double.parseDouble(one.substring(colon + 1));
                p[vocabulary.tokens().indexOf(one.substring(0, colon))] = value;
                sum += value;
            }
            for (int v = 0; v < size; v++) {
                data[t * size + v] = (float) Math.log(p[v] > 0 ? p[v] : (1 - sum) / (size - named.length));
            }
        }
        return new LogProbs(data, frames.length, size);
    }

    private static LogProbs goingToBeijing(Vocabulary vocabulary) {
        return rows(
                vocabulary,
                "我:.9",
                "<blank>:.9",
                "们:.9",
                "<blank>:.9",
                "去:.9",
                "<blank>:.9",
                "背:.52,北:.45",
                "<blank>:.95",
                "景:.52,京:.45",
                "<blank>:.95",
                "吧:.9");
    }

    private static Hypothesis decode(Vocabulary vocabulary, BeamOptions.Builder options, LogProbs input) {
        return PrefixBeam.with(vocabulary, options.build()).decode(input);
    }

    @Test
    void charactersAreWordsWithoutSpaces() {
        LogProbs input = goingToBeijing(CHINESE);
        for (Hypothesis one :
                List.of(GreedyDecoder.with(CHINESE).decode(input), decode(CHINESE, BeamOptions.builder(), input))) {
            assertThat(one.text()).isEqualTo("我们去背景吧");
            assertThat(one.words().stream().map(WordSpan::text)).containsExactly("我", "们", "去", "背", "景", "吧");
            assertThat(one.words().get(5).startFrame()).isEqualTo(10);
        }
    }

    @Test
    void hotwordsMatchAtAnyCharacter() {
        LogProbs input = goingToBeijing(CHINESE);
        for (double weight : new double[] {2, 10, 20}) {
            Hotwords hot = Hotwords.of(List.of("北京"), weight);
            assertThat(decode(CHINESE, BeamOptions.builder().hotwords(hot), input)
                            .text())
                    .isEqualTo("我们去北京吧");
        }
        Hotwords end = Hotwords.of(List.of("北京吧"), 10);
        assertThat(decode(CHINESE, BeamOptions.builder().hotwords(end), input).text())
                .isEqualTo("我们去北京吧");
        Vocabulary delimited = vocabulary("<blank> 我 们 去 北 京 背 景 吧 |", "|", false);
        assertThat(decode(
                                delimited,
                                BeamOptions.builder().hotwords(Hotwords.of(List.of("北京"), 10)),
                                goingToBeijing(delimited))
                        .text())
                .as("a delimiter that is not said")
                .isEqualTo("我们去北京吧");
    }

    @Test
    void modelsOfCharactersHelpInBothUnits() {
        LogProbs input = goingToBeijing(CHINESE);
        LanguageModel model = Bigrams.model(CHARACTERS);
        for (LmUnit unit : LmUnit.values()) {
            LmOptions lm = LmOptions.of(model).unit(unit).build();
            assertThat(decode(CHINESE, BeamOptions.builder().lm(lm), input).text())
                    .as("%s", unit)
                    .isEqualTo("我们去北京吧");
        }
    }

    /** Every place where a phrase stands adds its weight, exactly, whatever the tokens are. */
    @Test
    void scoresAreExactAgainstAllPaths() {
        Hotwords hot = new Hotwords(Map.of("京北", 1.5, "北", -0.5, "北京北", 2.0));
        for (Vocabulary vocabulary :
                List.of(vocabulary("<blank> 北 京", null, false), vocabulary("<blank> 北 京 北京", null, false))) {
            BeamOptions options = BeamOptions.unpruned()
                    .beamWidth(100_000)
                    .nbest(100_000)
                    .hotwords(hot)
                    .build();
            for (int seed = 0; seed < 150; seed++) {
                LogProbs input =
                        BruteForce.random(new Random(seed), 1 + seed % 5, vocabulary.size(), 1.5, seed % 4 == 0);
                Map<String, Double> exact = new HashMap<>();
                BruteForce.labellings(input, 0).forEach((y, p) -> {
                    String text = y.stream().map(vocabulary::token).collect(Collectors.joining());
                    exact.merge(text, p, (a, b) -> Math.log(Math.exp(a) + Math.exp(b)));
                });
                exact.replaceAll((text, p) -> p + occurrences(text, hot));
                DecoderStream stream = PrefixBeam.with(vocabulary, options).begin();
                stream.accept(input);
                List<Hypothesis> found = stream.finish();
                assertThat(found.stream().map(Hypothesis::text))
                        .as("seed %d", seed)
                        .containsExactlyInAnyOrderElementsOf(exact.keySet());
                for (Hypothesis one : found) {
                    assertThat(one.score())
                            .as("%s, seed %d, '%s'", vocabulary.tokens(), seed, one.text())
                            .isCloseTo(exact.get(one.text()), within(1e-9));
                }
            }
        }
    }

    private static double occurrences(String text, Hotwords hot) {
        return hot.weights().entrySet().stream()
                .mapToDouble(one -> one.getValue()
                        * Math.min(1, one.getKey().length() / 6.0)
                        * IntStream.range(0, text.length())
                                .filter(i -> text.startsWith(one.getKey(), i))
                                .count())
                .sum();
    }

    @Test
    void wordsBetweenSpacesStandAmongCharacters() {
        Vocabulary mixed = vocabulary("<blank> 我 ▁LO VE 你 ▁OK ▁", null, true);
        Hypothesis one = GreedyDecoder.with(mixed).decode(rows(mixed, "我:.9", "▁LO:.9", "VE:.9", "你:.9", "▁OK:.9"));
        assertThat(one.text()).isEqualTo("我 LOVE你 OK");
        assertThat(one.words().stream().map(WordSpan::text)).containsExactly("我", "LOVE", "你", "OK");
        assertThat(decode(mixed, BeamOptions.builder().hotwords(Hotwords.of("你")), rows(mixed, "我:.9"))
                        .text())
                .isEqualTo("我");
        Vocabulary letters = vocabulary("<blank> 卡 拉 O K", null, false);
        assertThat(GreedyDecoder.with(letters)
                        .decode(rows(letters, "卡:.9", "拉:.9", "O:.9", "K:.9"))
                        .text())
                .isEqualTo("卡拉OK");
        Vocabulary thai = vocabulary("<blank> ก ิ น", null, false);
        assertThat(GreedyDecoder.with(thai).decode(rows(thai, "ก:.9", "ิ:.9", "น:.9")).words().stream()
                        .map(WordSpan::text))
                .containsExactly("กิ", "น");
    }

    @Test
    void lexiconsOfChineseWordsMakeTextsWithoutSpaces() {
        Lexicon lexicon = Lexicon.ofWords(List.of("我们", "去", "北京", "背景", "吧"));
        Hypothesis one = decode(
                CHINESE,
                BeamOptions.builder().lexicon(lexicon).hotwords(Hotwords.of(List.of("北京"), 5)),
                goingToBeijing(CHINESE));
        assertThat(one.text()).isEqualTo("我们去北京吧");
        assertThat(one.words().stream().map(WordSpan::text)).containsExactly("我们", "去", "北京", "吧");
    }

    @Test
    void signsAreNotPrintedAndBytesAreJoined() {
        Vocabulary signs = vocabulary("<pad> <s> </s> <unk> | A T O [CLS] <|en|>", "|", false);
        LogProbs said =
                rows(signs, "<s>:.9", "T:.9", "O:.9", "|:.9", "<unk>:.9", "|:.9", "<|en|>:.9", "A:.9", "</s>:.9");
        assertThat(GreedyDecoder.with(signs).decode(said).text()).isEqualTo("TO A");
        assertThat(PrefixBeam.with(signs).decode(said).text()).isEqualTo("TO A");
        Vocabulary bytes = vocabulary("<blk> <0xE4> <0xBD> <0xA0> ▁ ▁A <0x21>", null, true);
        LogProbs you = rows(bytes, "▁:.9", "<0xE4>:.9", "<0xBD>:.9", "<0xA0>:.9", "<0x21>:.9", "▁A:.9", "<0xE4>:.9");
        for (Decoder decoder : List.of(GreedyDecoder.with(bytes), PrefixBeam.with(bytes))) {
            assertThat(decoder.decode(you).text()).isEqualTo("你! A\uFFFD");
            assertThat(decoder.decode(you).words().get(0).endFrame()).isEqualTo(5);
        }
    }

    /** However a stream is cut: words that are attached stay so. */
    @Test
    void cutsChangeNothing() {
        Vocabulary mixed = vocabulary("<blank> 卡 拉 O K", null, false);
        LogProbs input = BruteForce.random(new Random(3), 400, mixed.size(), 4, false);
        for (Decoder decoder : List.of(GreedyDecoder.with(mixed), PrefixBeam.with(mixed))) {
            List<WordSpan> expected = decoder.decode(input).words();
            DecoderStream stream = decoder.begin();
            List<WordSpan> taken = new ArrayList<>();
            for (int from = 0; from < 400; from += 20) {
                stream.accept(StreamTest.slice(input, from, from + 20));
                taken.addAll(stream.takeCommitted());
            }
            taken.addAll(stream.finish().get(0).words());
            assertThat(taken).isEqualTo(expected);
        }
    }
}
