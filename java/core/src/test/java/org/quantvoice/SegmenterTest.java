package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.Word;

final class SegmenterTest {
    private static List<Word> words(Random random, int count) {
        List<Word> words = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < count; i++) {
            at += random.nextInt(12) == 0 ? 3 * random.nextDouble() : random.nextDouble() / 4;
            double end = at + 0.1 + random.nextDouble();
            words.add(new Word("w" + i, at, end, random.nextDouble()));
            at = end;
        }
        return words;
    }

    @Test
    void segmentsAreTheWordsCutAtPausesWheneverTheyAreTold() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Word> words = words(random, random.nextInt(200));
            List<Transcript.Segment> told = new ArrayList<>();
            Segmenter segmenter = new Segmenter(told::add);
            for (Word word : words) {
                segmenter.settled(word.start() - random.nextDouble());
                segmenter.add(word);
                segmenter.settled(word.end());
            }
            segmenter.finish();
            assertThat(told).as("seed %d", seed).isEqualTo(Segmenter.of(words));
            assertThat(told.stream().flatMap(s -> s.words().stream()))
                    .isEqualTo(words.stream().toList());
            check(seed, told);
        }
    }

    private static void check(int seed, List<Transcript.Segment> segments) {
        for (int i = 0; i < segments.size(); i++) {
            Transcript.Segment s = segments.get(i);
            assertThat(s.end() - s.start()).as("seed %d, segment %d", seed, i).isLessThanOrEqualTo(30);
            for (int w = 1; w < s.words().size(); w++) {
                assertThat(s.words().get(w).start() - s.words().get(w - 1).end())
                        .as("seed %d, segment %d, pause before word %d", seed, i, w)
                        .isLessThan(0.8);
            }
        }
    }

    @Test
    void aSegmentOfOneWordMayBeAsLongAsTheWord() {
        List<Transcript.Segment> segments =
                Segmenter.of(List.of(new Word("a", 0, 50, 0.25), new Word("b", 50.1, 51, 0.75)));
        assertThat(segments).extracting(Transcript.Segment::text).containsExactly("a", "b");
        assertThat(segments).extracting(Transcript.Segment::confidence).containsExactly(0.25, 0.75);
    }

    @Test
    void segmentsOfChannelsComeInTheOrderInWhichTheyBegin() {
        List<Transcript.Segment> order = new ArrayList<>();
        SegmentMerge merge = new SegmentMerge(2, order::add);
        Transcript.Segment first = segment("1", 0, 9);
        Transcript.Segment third = segment("1", 10, 11);
        Transcript.Segment second = segment("2", 5, 6);
        merge.add(0, first);
        merge.add(0, third);
        merge.release(new double[] {11, 0});
        assertThat(order)
                .as("the second channel may begin at 0, but is behind the first then")
                .containsExactly(first);
        merge.add(1, second);
        merge.release(new double[] {11, 6});
        assertThat(order).containsExactly(first, second);
        merge.release(new double[] {11, 10});
        assertThat(order).containsExactly(first, second, third);
    }

    private static Transcript.Segment segment(String channel, double start, double end) {
        return new Transcript.Segment(
                "x", start, end, List.of(new Word("x", start, end, 1, false, channel)), 1, channel);
    }
}
