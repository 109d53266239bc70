package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.audio.VoiceActivity;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.decode.Word;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.AudioFormatException;

/** Recordings through a model that spells what the samples say, so that every word and time is known. */
@Tag("long")
final class RecordingTest {
    private static final TranscriptListener NOBODY = new TranscriptListener() {};

    @TempDir
    Path dir;

    private final SpellingEngine engine = new SpellingEngine(Engine.LIBTORCH);
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = SpellingEngine.model(dir);
    }

    private QuantSession session(
            LongAudio.Builder options, java.util.function.Function<Vocabulary, ? extends Decoder> decoder) {
        return QuantSession.builder()
                .model(model)
                .engines(new Engines(List.of(engine)))
                .decoder(decoder)
                .longAudio(options.voiceActivity(VoiceActivity.everywhere()).build())
                .build();
    }

    /** Words without pauses, with a few long ones, of so many frames of 10 ms. */
    private static String text(int frames, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < frames) {
            int letters = 1 + random.nextInt(5);
            for (int i = 0; i < letters; i++) {
                text.append("abcd".charAt(random.nextInt(4))).append(random.nextBoolean() ? "_" : "__");
            }
            text.append(random.nextInt(20) == 0 ? "|" + "_".repeat(random.nextInt(300)) : "|");
        }
        return text.substring(0, frames);
    }

    @Test
    void aLongRecordingIsWhatTheWholeWouldBe() {
        List<java.util.function.Function<Vocabulary, ? extends Decoder>> decoders = List.of(
                GreedyDecoder::with,
                PrefixBeam::with,
                v -> PrefixBeam.with(
                        v,
                        BeamOptions.builder()
                                .hotwords(Hotwords.of(List.of("ab", "cd"), 5))
                                .build()));
        for (int seed = 0; seed < 6; seed++) {
            Audio audio = SpellingEngine.audio(text(20_000 + 777 * seed, seed));
            for (var decoder : decoders) {
                try (QuantSession whole = session(LongAudio.builder().wholeUpTo(600), decoder);
                        QuantSession windows =
                                session(LongAudio.window(4 + seed).parallel(1 + seed % 3), decoder)) {
                    Transcript expected = whole.transcribe(audio);
                    List<Transcript.Segment> told = new ArrayList<>();
                    Transcript t =
                            windows.transcribe(new SamplesStream(audio), RecordingOptions.defaults(), told(told));
                    assertThat(t.words()).as("seed %d", seed).isEqualTo(expected.words());
                    assertThat(t.text()).isEqualTo(expected.text());
                    assertThat(t.segments()).isEqualTo(expected.segments()).isEqualTo(told);
                    assertThat(t.alternatives().get(0).score())
                            .isCloseTo(expected.alternatives().get(0).score(), within(1e-6));
                    assertThat(windows.logProbs(audio).data())
                            .containsExactly(whole.logProbs(audio).data());
                }
            }
        }
    }

    private static TranscriptListener told(List<Transcript.Segment> segments) {
        return new TranscriptListener() {
            @Override
            public void segment(Transcript.Segment segment) {
                segments.add(segment);
            }
        };
    }

    @Test
    void segmentsAreToldWhileTheRecordingIsRead() {
        Audio audio = SpellingEngine.audio(("ab|" + "_".repeat(97) + "c|" + "_".repeat(98)).repeat(60));
        try (QuantSession session = session(LongAudio.window(5), PrefixBeam::with)) {
            List<Integer> told = new ArrayList<>();
            List<Double> positions = new ArrayList<>();
            session.transcribe(new SamplesStream(audio), RecordingOptions.defaults(), new TranscriptListener() {
                @Override
                public void segment(Transcript.Segment segment) {
                    told.add(positions.size());
                }

                @Override
                public void position(double seconds) {
                    positions.add(seconds);
                }
            });
            assertThat(positions).isSorted().endsWith(audio.seconds());
            assertThat(told).hasSize(120);
            assertThat(told.get(60))
                    .as("positions that were told before half of the segments")
                    .isLessThan(positions.size() - 1);
        }
    }

    @Test
    void aShortRecordingIsOneRunOfTheModel() {
        Audio audio = SpellingEngine.audio(text(3_000, 1));
        int[] runs = {0};
        engine.duringRun = () -> runs[0]++;
        try (QuantSession session = session(LongAudio.builder(), PrefixBeam::with)) {
            Transcript direct = session.decode(session.logProbs(audio), audio.seconds());
            assertThat(session.transcribe(audio)).isEqualTo(direct);
            assertThat(runs[0]).isEqualTo(2);
        }
    }

    @Test
    void timesOfAPartAreThoseOfTheRecording() {
        String silence = "_".repeat(500);
        Audio audio = SpellingEngine.audio(silence + "ab|" + silence + "cd|" + silence + "dd|" + silence);
        try (QuantSession session = session(LongAudio.window(3).wholeUpTo(0), GreedyDecoder::with)) {
            for (double[] part : new double[][] {{8, 14}, {8, 14.9}, {7.5, 12}}) {
                Transcript t = session.transcribe(
                        new SamplesStream(audio),
                        RecordingOptions.builder().from(part[0]).to(part[1]).build(),
                        NOBODY);
                assertThat(t.text()).isEqualTo("cd");
                assertThat(t.words().get(0).start()).isCloseTo(10.03, within(1e-9));
                assertThat(t.audioSeconds()).isCloseTo(part[1] - part[0], within(1e-9));
            }
            assertThatThrownBy(() -> session.transcribe(
                            new SamplesStream(audio),
                            RecordingOptions.builder().from(1000).build(),
                            NOBODY))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("ends before 1000.0 s");
        }
        assertThatThrownBy(() -> RecordingOptions.builder().from(5).to(5).build())
                .isInstanceOf(AudioFormatException.class);
    }

    /** Two channels as one stream. */
    private record Stereo(Audio left, Audio right, int[] at) implements AudioStream {
        @Override
        public String name() {
            return "call";
        }

        @Override
        public int sampleRate() {
            return left.sampleRate();
        }

        @Override
        public int channels() {
            return 2;
        }

        @Override
        public OptionalLong frames() {
            return OptionalLong.empty();
        }

        @Override
        public int read(float[] out, int from, int frames) {
            int count =
                    Math.min(Math.min(frames, 333), Math.min(left.samples().length, right.samples().length) - at[0]);
            for (int i = 0; i < count; i++) {
                out[from + 2 * i] = left.samples()[at[0] + i];
                out[from + 2 * i + 1] = right.samples()[at[0] + i];
            }
            at[0] += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public void close() {}
    }

    @Test
    void theSidesOfACallAreToldApart() {
        String pause = "_".repeat(198);
        Audio left = SpellingEngine.audio(("ab|" + pause + pause + "ba|").repeat(20));
        Audio right = SpellingEngine.audio(("_".repeat(150) + "cd|_c|" + pause + "_".repeat(46)).repeat(20));
        for (LongAudio.Builder options :
                List.of(LongAudio.window(3).wholeUpTo(5), LongAudio.builder().wholeUpTo(600))) {
            try (QuantSession session = session(options, PrefixBeam::with)) {
                List<Transcript.Segment> told = new ArrayList<>();
                Transcript t = session.transcribe(
                        new Stereo(left, right, new int[1]),
                        RecordingOptions.builder().channels(Channels.split()).build(),
                        told(told));
                assertThat(t.segments())
                        .isEqualTo(told)
                        .isSortedAccordingTo(java.util.Comparator.comparingDouble(Transcript.Segment::start));
                for (String channel : List.of("1", "2")) {
                    List<Word> own = t.words().stream()
                            .filter(w -> channel.equals(w.channel()))
                            .toList();
                    Transcript alone = session.transcribe(
                            new Stereo(left, right, new int[1]),
                            RecordingOptions.builder()
                                    .channels(Channels.only(Integer.parseInt(channel)))
                                    .build(),
                            NOBODY);
                    assertThat(own.stream().map(Word::text).collect(Collectors.joining(" ")))
                            .isEqualTo(alone.text());
                    assertThat(own)
                            .extracting(Word::start)
                            .isEqualTo(alone.words().stream().map(Word::start).toList());
                    assertThat(alone.words()).extracting(Word::channel).containsOnlyNulls();
                }
                assertThat(t.toMap().toString()).contains("channel=2");
            }
        }
    }

    @Test
    void aChannelThatIsNotThereIsRefused() {
        Audio audio = SpellingEngine.audio("ab|");
        try (QuantSession session = session(LongAudio.builder(), PrefixBeam::with)) {
            assertThatThrownBy(() -> session.transcribe(
                            new Stereo(audio, audio, new int[1]),
                            RecordingOptions.builder()
                                    .channels(Channels.only(3))
                                    .build(),
                            NOBODY))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("call: 2 channels");
        }
        assertThatThrownBy(() -> Channels.only(0)).isInstanceOf(AudioFormatException.class);
    }

    @Test
    void whatTheListenerThrowsEndsTheRecordingAndLeavesTheSessionUsable() {
        Audio audio = SpellingEngine.audio(text(20_000, 3));
        try (QuantSession session = session(LongAudio.window(3), PrefixBeam::with)) {
            assertThatThrownBy(() -> session.transcribe(
                            new SamplesStream(audio), RecordingOptions.defaults(), new TranscriptListener() {
                                @Override
                                public void position(double seconds) {
                                    throw new IllegalStateException("enough");
                                }
                            }))
                    .hasMessage("enough");
            assertThat(session.transcribe(audio).words()).isNotEmpty();
        }
    }

    @Test
    void optionsOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> LongAudio.window(1).build()).isInstanceOf(AudioFormatException.class);
        assertThatThrownBy(() -> LongAudio.window(9).overlap(4).build()).isInstanceOf(AudioFormatException.class);
        assertThatThrownBy(() -> LongAudio.builder().wholeUpTo(Double.NaN).build())
                .isInstanceOf(AudioFormatException.class);
        assertThatThrownBy(() -> LongAudio.builder().parallel(0).build()).isInstanceOf(AudioFormatException.class);
    }
}
