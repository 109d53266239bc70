package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

@Tag("long")
class StreamTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("|", "a", "<blank>", "b"), 2, OptionalInt.of(0), false);
    private static final Vocabulary PIECES =
            new Vocabulary(List.of("\u2581a", "b", "a", "<blank>", "\u2581", "ab"), 3, OptionalInt.empty(), true);

    private static Map<String, Decoder> decoders(Vocabulary vocabulary) {
        LmOptions words = LmOptions.of(Bigrams.model(Bigrams.WORDS)).build();
        LmOptions tokens =
                LmOptions.of(Bigrams.model(Bigrams.LETTERS)).unit(LmUnit.TOKEN).build();
        Hotwords hot = Hotwords.of("ab a", "b");
        Map<String, Decoder> decoders = new LinkedHashMap<>();
        decoders.put("greedy", GreedyDecoder.with(vocabulary));
        decoders.put(
                "plain",
                PrefixBeam.with(vocabulary, BeamOptions.builder().nbest(5).build()));
        decoders.put(
                "wide",
                PrefixBeam.with(
                        vocabulary,
                        BeamOptions.unpruned().beamWidth(20).nbest(5).build()));
        decoders.put(
                "words",
                PrefixBeam.with(
                        vocabulary, BeamOptions.builder().lm(words).nbest(5).build()));
        decoders.put(
                "hot",
                PrefixBeam.with(
                        vocabulary,
                        BeamOptions.builder().lm(words).hotwords(hot).nbest(5).build()));
        decoders.put(
                "tokens",
                PrefixBeam.with(
                        vocabulary, BeamOptions.unpruned().lm(tokens).nbest(5).build()));
        Lexicon lexicon = Lexicon.ofWords(List.of("a", "ab", "ba", "bab"));
        decoders.put(
                "lexicon",
                PrefixBeam.with(
                        vocabulary,
                        BeamOptions.builder().lexicon(lexicon).lm(words).build()));
        decoders.put(
                "history",
                PrefixBeam.with(
                        vocabulary,
                        BeamOptions.unpruned().lm(words).pruneHistory(true).build()));
        return decoders;
    }

    static LogProbs slice(LogProbs input, int from, int to) {
        int size = input.vocabulary();
        return new LogProbs(Arrays.copyOfRange(input.data(), from * size, to * size), to - from, size);
    }

    /** 20 utterances x 200 cuts: the result and what was committed on the way. */
    @Test
    void cutsDoNotChangeABit() {
        for (int utterance = 0; utterance < 20; utterance++) {
            Random random = new Random(utterance);
            Vocabulary vocabulary = utterance % 4 == 3 ? PIECES : LETTERS;
            LogProbs input = BruteForce.random(random, 40 + random.nextInt(60), vocabulary.size(), 3.5, false);
            for (Map.Entry<String, Decoder> one : decoders(vocabulary).entrySet()) {
                DecoderStream whole = one.getValue().begin();
                whole.accept(input);
                List<Hypothesis> expected = whole.finish();
                for (int cut = 0; cut < 10 + (one.getKey().equals("hot") ? 190 : 0); cut++) {
                    String where = "utterance " + utterance + ", " + one.getKey() + ", cut " + cut;
                    assertThat(cutUp(one.getValue().begin(), input, random, where))
                            .as(where)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static List<Hypothesis> cutUp(DecoderStream stream, LogProbs input, Random random, String where) {
        List<WordSpan> committed = List.of();
        int from = 0;
        while (from < input.frames()) {
            int to = Math.min(input.frames(), from + random.nextInt(12));
            stream.accept(slice(input, from, to));
            from = to;
            if (random.nextInt(3) == 0) {
                Partial partial = stream.partial();
                assertThat(partial.frames()).isEqualTo(from);
                assertThat(partial.committed().size()).as(where).isGreaterThanOrEqualTo(committed.size());
                assertThat(partial.committed().subList(0, committed.size()))
                        .as(where)
                        .isEqualTo(committed);
                committed = partial.committed();
            }
        }
        List<Hypothesis> result = stream.finish();
        assertThat(result.get(0).words().subList(0, committed.size())).as(where).isEqualTo(committed);
        return result;
    }

    @Test
    void wordsTakenAreTheWordsOfTheWhole() {
        for (Map.Entry<String, Decoder> one : decoders(LETTERS).entrySet()) {
            LogProbs input = BruteForce.random(new Random(5), 3_000, LETTERS.size(), 4, false);
            List<WordSpan> expected = one.getValue().decode(input).words();
            DecoderStream stream = one.getValue().begin();
            List<WordSpan> taken = new ArrayList<>();
            for (int from = 0; from < input.frames(); from += 100) {
                stream.accept(slice(input, from, from + 100));
                taken.addAll(stream.takeCommitted());
            }
            assertThat(taken).as(one.getKey()).isNotEmpty();
            taken.addAll(stream.finish().get(0).words());
            assertThat(taken).as(one.getKey()).isEqualTo(expected);
        }
    }

    @Test
    void aMillionFramesNeedNoMoreMemoryThanTwentyThousand() {
        footprintStays(BeamOptions.defaults(), 1_000);
    }

    @Test
    void aLongStreamWithModelAndHotwordsNeedsNoMoreMemoryEither() {
        LmOptions words = LmOptions.of(Bigrams.model(Bigrams.WORDS)).build();
        footprintStays(
                BeamOptions.builder()
                        .lm(words)
                        .hotwords(Hotwords.of("ab a"))
                        .maxPendingFrames(2_000)
                        .build(),
                100);
    }

    private static void footprintStays(BeamOptions options, int blocks) {
        BeamStream stream = (BeamStream) PrefixBeam.with(LETTERS, options).begin();
        LogProbs block = BruteForce.random(new Random(9), 1_000, LETTERS.size(), 24, false);
        int early = 0;
        int last = 0;
        int words = 0;
        for (int k = 0; k < blocks; k++) {
            stream.accept(block);
            words += stream.takeCommitted().size();
            last = Math.max(last, stream.footprint());
            early = k < 20 ? last : early;
        }
        assertThat(words).isGreaterThan(blocks);
        assertThat(last).isLessThanOrEqualTo(2 * early).isLessThan(400_000);
    }

    /** Two readings that nothing later can tell apart: without a limit the stream could never commit. */
    @Test
    void anOldDoubtIsDecidedInTheEnd() {
        BeamOptions options = BeamOptions.builder().maxPendingFrames(3_000).build();
        BeamStream stream = (BeamStream) PrefixBeam.with(LETTERS, options).begin();
        float[] doubt = {-9, (float) Math.log(0.5001), -9, (float) Math.log(0.4999)};
        stream.accept(new LogProbs(doubt, 1, 4));
        float[] sure = new float[4 * 1_000];
        for (int t = 0; t < 1_000; t++) {
            for (int v = 0; v < 4; v++) {
                sure[4 * t + v] = v == (t * 7 % 5 == 0 ? 1 : t % 2 == 0 ? 2 : t % 3 == 0 ? 0 : 3) ? 0 : -30;
            }
        }
        LogProbs block = new LogProbs(sure, 1_000, 4);
        int most = 0;
        for (int k = 0; k < 60; k++) {
            stream.accept(block);
            most = Math.max(most, stream.takeCommitted().size());
        }
        assertThat(most).isPositive();
        assertThat(stream.footprint()).isLessThan(60_000);
        assertThat(stream.finish().get(0).score()).isGreaterThan(-1);
    }

    @Test
    void aFinishedStreamTakesNothingMore() {
        for (Decoder decoder : decoders(LETTERS).values()) {
            DecoderStream stream = decoder.begin();
            stream.finish();
            assertThatThrownBy(() -> stream.accept(new LogProbs(new float[0], 0, 4)))
                    .isInstanceOf(DecoderException.class)
                    .hasMessageContaining("finished");
            assertThatThrownBy(stream::finish).isInstanceOf(DecoderException.class);
        }
    }

    @Test
    void theModelGoesOnInTheNextUtterance() {
        LmOptions words =
                LmOptions.of(Bigrams.model(Bigrams.WORDS)).scoreBoundary(false).build();
        PrefixBeam decoder =
                PrefixBeam.with(LETTERS, BeamOptions.unpruned().lm(words).build());
        LogProbs first = saying("ab|");
        LogProbs second = saying("a|b");
        DecoderStream one = decoder.begin();
        one.accept(first);
        double left = one.finish().get(0).language();
        DecoderStream two = decoder.begin(one.languageModelContext());
        two.accept(second);
        double right = two.finish().get(0).language();
        assertThat(left + right).isCloseTo(TextOracle.language("ab a b", words), within(1e-9));
        assertThatThrownBy(() -> decoder.begin().languageModelContext()).isInstanceOf(DecoderException.class);
    }

    private static LogProbs saying(String tokens) {
        float[] data = new float[4 * tokens.length()];
        Arrays.fill(data, -40);
        for (int t = 0; t < tokens.length(); t++) {
            data[4 * t + LETTERS.tokens().indexOf(tokens.substring(t, t + 1))] = 0;
        }
        return new LogProbs(data, tokens.length(), 4);
    }
}
