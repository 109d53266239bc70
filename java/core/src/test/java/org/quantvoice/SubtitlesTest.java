package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SubtitlesTest {
    private static Transcript transcript(List<Transcript.Word> words) {
        String text = words.stream().map(Transcript.Word::text).collect(Collectors.joining(" "));
        return new Transcript(List.of(new Transcript.Alternative(text, words, -1)), 100_000);
    }

    private static Transcript.Word word(String text, double start, double end) {
        return new Transcript.Word(text, start, end, 0.5);
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
        assertThat(t.toSrt()).startsWith("1\n00:00:00,000 --> 00:00:00,400\n" + "a".repeat(42) + "\n" + "b".repeat(42));
    }

    @Test
    void silenceHasNoCues() {
        assertThat(transcript(List.of()).toSrt()).isEmpty();
        assertThat(transcript(List.of()).toVtt()).isEqualTo("WEBVTT\n\n");
    }

    @Property(tries = 300)
    void cuesAreReadableAndLoseNothing(@ForAll Random random) {
        List<Transcript.Word> words = new ArrayList<>();
        double time = 0;
        for (int i = random.nextInt(60); i > 0; i--) {
            double start = time + (random.nextInt(5) == 0 ? random.nextDouble() * 4 : random.nextDouble() * 0.2);
            time = start + random.nextDouble();
            words.add(word("x".repeat(1 + random.nextInt(random.nextInt(9) == 0 ? 60 : 12)), start, time));
        }
        List<Subtitles.Cue> cues = Subtitles.of(transcript(words)).cues();
        List<String> shown = cues.stream()
                .flatMap(c -> c.lines().stream())
                .flatMap(l -> List.of(l.split(" ")).stream())
                .toList();
        assertThat(shown).isEqualTo(words.stream().map(Transcript.Word::text).toList());
        for (int i = 0; i < cues.size(); i++) {
            Subtitles.Cue cue = cues.get(i);
            assertThat(cue.end()).isGreaterThanOrEqualTo(cue.start());
            assertThat(cue.end() - cue.start()).isLessThanOrEqualTo(7);
            assertThat(cue.lines()).hasSizeBetween(1, 2).allMatch(l -> l.length() <= 42 || !l.contains(" "));
            if (i > 0) {
                assertThat(cue.start()).isGreaterThanOrEqualTo(cues.get(i - 1).end());
            }
        }
    }
}
