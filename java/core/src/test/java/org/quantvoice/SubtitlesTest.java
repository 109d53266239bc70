package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.Word;
import org.quantvoice.error.OutputException;

class SubtitlesTest {
    private static Transcript transcript(List<Word> words) {
        String text = words.stream().map(Word::text).collect(Collectors.joining(" "));
        return new Transcript(List.of(new Transcript.Alternative(text, words, -1)), 100_000);
    }

    private static Word word(String text, double start, double end) {
        return new Word(text, start, end, 0.5);
    }

    @Test
    void cuesBreakAtPauses() {
        Transcript t = transcript(List.of(
                word("good", 0.5, 0.9), word("morning", 1, 1.6), word("<you>", 3.2, 3.3), word("&", 3661.9996, 3662)));
        assertThat(t.toSrt())
                .isEqualTo(
                        """
                        1
                        00:00:00,500 --> 00:00:01,600
                        good morning

                        2
                        00:00:03,200 --> 00:00:04,200
                        <you>

                        3
                        01:01:02,000 --> 01:01:03,000
                        &

                        """);
        assertThat(t.toVtt())
                .isEqualTo(
                        """
                        WEBVTT

                        00:00:00.500 --> 00:00:01.600
                        good morning

                        00:00:03.200 --> 00:00:04.200
                        &lt;you&gt;

                        01:01:02.000 --> 01:01:03.000
                        &amp;

                        """);
    }

    @Test
    void aShortCueDoesNotRunIntoTheNext() {
        Transcript t =
                transcript(List.of(word("a".repeat(42), 0, 0.1), word("b".repeat(42), 0.2, 0.3), word("c", 0.4, 0.5)));
        assertThat(t.toSrt()).startsWith("1\n00:00:00,000 --> 00:00:00,320\n" + "a".repeat(42) + "\n" + "b".repeat(42));
    }

    @Test
    void silenceHasNoCues() {
        assertThat(transcript(List.of()).toSrt()).isEmpty();
        assertThat(transcript(List.of()).toVtt()).isEqualTo("WEBVTT\n\n");
    }

    @Property(tries = 300)
    void cuesAreReadableAndLoseNothing(@ForAll Random random) {
        List<Word> words = new ArrayList<>();
        double time = 0;
        for (int i = random.nextInt(60); i > 0; i--) {
            double start = time + (random.nextInt(5) == 0 ? random.nextDouble() * 4 : random.nextDouble() * 0.2);
            time = start + random.nextDouble();
            words.add(word("x".repeat(1 + random.nextInt(random.nextInt(9) == 0 ? 60 : 12)), start, time));
        }
        Transcript transcript = transcript(words);
        check(words, SubtitleParser.srt(transcript.toSrt()));
        check(words, SubtitleParser.vtt(transcript.toVtt()));
        List<SubtitleParser.Cue> timed = SubtitleParser.vtt(
                transcript.toVtt(SubtitleOptions.builder().wordTimes(true).build()));
        check(words, timed);
    }

    /** Sentences of ten words at the speed of speech, with pauses between them: times beyond an hour are written, too. */
    @Test
    void anHourKeepsEveryRule() {
        Random random = new Random(15);
        List<Word> words = new ArrayList<>();
        double time = 0;
        while (time < 3_900) {
            double end = time + 0.15 + 0.4 * random.nextDouble();
            words.add(word("abcdefghijkl".substring(0, 1 + random.nextInt(11)), time, end));
            time = end + (words.size() % 10 == 0 ? 0.3 + 2 * random.nextDouble() : 0.08 * random.nextDouble());
        }
        Transcript transcript = transcript(words);
        List<SubtitleParser.Cue> cues = SubtitleParser.srt(transcript.toSrt());
        check(words, cues);
        check(words, SubtitleParser.vtt(transcript.toVtt()));
        check(
                words,
                SubtitleParser.vtt(transcript.toVtt(
                        SubtitleOptions.builder().wordTimes(true).build())));
        assertThat(cues).hasSizeGreaterThan(500);
        assertThat(cues.get(cues.size() - 1).end()).isGreaterThan(3_900);
    }

    /** What the options promise by default. */
    private static void check(List<Word> words, List<SubtitleParser.Cue> cues) {
        List<String> shown = cues.stream()
                .flatMap(c -> c.lines().stream())
                .flatMap(l -> List.of(l.split(" ")).stream())
                .toList();
        assertThat(shown)
                .as("nothing is lost")
                .isEqualTo(words.stream().map(Word::text).toList());
        int at = 0;
        for (int i = 0; i < cues.size(); i++) {
            SubtitleParser.Cue cue = cues.get(i);
            int count = cue.text().split(" ").length;
            double spoken = words.get(at + count - 1).end();
            double next = i + 1 < cues.size() ? cues.get(i + 1).start() : Double.POSITIVE_INFINITY;
            assertThat(cue.start()).as("cue %d", i).isCloseTo(words.get(at).start(), within(0.001));
            assertThat(cue.end() - cue.start()).as("cue %d", i).isLessThanOrEqualTo(7.0011);
            assertThat(cue.lines()).hasSizeBetween(1, 2).allMatch(l -> l.length() <= 42 || !l.contains(" "));
            assertThat(next - cue.end()).as("gap behind cue %d", i).isGreaterThanOrEqualTo(0.0785);
            boolean room = next - cue.start() > 1.0815;
            assertThat(cue.end() - cue.start() >= 0.999 || !room)
                    .as("cue %d is too short", i)
                    .isTrue();
            double needed = Math.min(cue.text().length() / 20.0, 7);
            boolean readable = cue.end() - cue.start() >= needed - 0.0015;
            assertThat(readable || next - cue.end() < 0.0815)
                    .as("cue %d is too fast", i)
                    .isTrue();
            assertThat(cue.end() - spoken)
                    .as("cue %d ends before what is said", i)
                    .isGreaterThan(-0.0815 - overlong(words, at, count));
            at += count;
        }
    }

    /** By how much what a cue holds is longer than a cue may be. */
    private static double overlong(List<Word> words, int at, int count) {
        return Math.max(0, words.get(at + count - 1).end() - words.get(at).start() - 7);
    }

    @Test
    void cuesAreCutWhereASpeakerPauses() {
        List<Word> words = new ArrayList<>();
        double time = 0;
        for (int i = 0; i < 12; i++) {
            words.add(word("seven", time, time + 0.3));
            time += i % 4 == 3 ? 1.15 : 0.35;
        }
        assertThat(SubtitleParser.srt(transcript(words).toSrt()))
                .extracting(SubtitleParser.Cue::text)
                .containsExactly("seven seven seven seven", "seven seven seven seven", "seven seven seven seven");
    }

    @Test
    void optionsHaveAnEffectOrAreRefused() {
        List<Word> words = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            words.add(word("word" + i % 10, i, i + 0.9));
        }
        SubtitleOptions narrow = SubtitleOptions.builder()
                .lines(1)
                .columns(11)
                .seconds(0.5, 3)
                .charactersPerSecond(5)
                .gap(0.2)
                .build();
        List<SubtitleParser.Cue> cues = SubtitleParser.srt(transcript(words).toSrt(narrow));
        for (int i = 0; i < cues.size(); i++) {
            assertThat(cues.get(i).lines()).hasSize(1).allMatch(l -> l.length() <= 11);
            assertThat(cues.get(i).end() - cues.get(i).start()).isLessThanOrEqualTo(3);
            if (i > 0) {
                assertThat(cues.get(i).start() - cues.get(i - 1).end()).isGreaterThanOrEqualTo(0.199);
            }
        }
        assertThatThrownBy(() -> SubtitleOptions.builder().lines(0).build()).isInstanceOf(OutputException.class);
        assertThatThrownBy(() -> SubtitleOptions.builder().columns(3).build()).isInstanceOf(OutputException.class);
        assertThatThrownBy(() -> SubtitleOptions.builder().seconds(2, 1).build())
                .isInstanceOf(OutputException.class);
        assertThatThrownBy(() -> SubtitleOptions.builder().gap(2).build()).isInstanceOf(OutputException.class);
        assertThatThrownBy(
                        () -> SubtitleOptions.builder().charactersPerSecond(0).build())
                .isInstanceOf(OutputException.class);
    }

    @Test
    void speakersHaveCuesOfTheirOwn() {
        Transcript t = transcript(List.of(
                new Word("hello", 0, 1, 1, false, "1"),
                new Word("there", 1, 2, 1, false, "1"),
                new Word("yes", 0.5, 0.9, 1, false, "2"),
                new Word("well", 3, 4, 1, false, "1")));
        assertThat(SubtitleParser.srt(t.toSrt()))
                .extracting(SubtitleParser.Cue::text)
                .containsExactly("1: hello there", "2: yes", "1: well");
    }
}
