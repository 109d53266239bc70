package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
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

/** Parts of a recording, each heard by itself, are together what the whole is. */
final class RecordingPartTest {
    private static final TranscriptListener NOBODY = new TranscriptListener() {};

    @TempDir
    Path dir;

    private final SpellingEngine engine = new SpellingEngine(Engine.LIBTORCH);
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = SpellingEngine.model(dir);
    }

    private QuantSession session(LongAudio options, Function<Vocabulary, ? extends Decoder> decoder) {
        return QuantSession.builder()
                .model(model)
                .engines(new Engines(List.of(engine)))
                .decoder(decoder)
                .longAudio(options)
                .build();
    }

    /** Words, with some pauses of up to so many frames of 10 ms. */
    private static String text(int frames, int pause, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < frames) {
            int letters = 1 + random.nextInt(5);
            for (int i = 0; i < letters; i++) {
                text.append("abcd".charAt(random.nextInt(4))).append(random.nextBoolean() ? "_" : "__");
            }
            text.append(random.nextInt(20) == 0 ? "|" + "_".repeat(random.nextInt(pause)) : "|");
        }
        return text.substring(0, frames);
    }

    private static Transcript part(QuantSession session, Audio audio, double from, double to) {
        return session.transcribe(
                new SamplesStream(audio),
                RecordingOptions.builder().part(from, to).build(),
                NOBODY);
    }

    @Test
    void partsAreTogetherTheWhole() {
        List<Function<Vocabulary, ? extends Decoder>> decoders = List.of(
                GreedyDecoder::with,
                PrefixBeam::with,
                v -> PrefixBeam.with(
                        v,
                        BeamOptions.builder()
                                .hotwords(Hotwords.of(List.of("ab", "cd"), 1))
                                .build()));
        for (int seed = 0; seed < 4; seed++) {
            LongAudio options = LongAudio.window(4 + seed)
                    .parallel(1 + seed % 3)
                    .voiceActivity(seed % 2 == 0 ? VoiceActivity.everywhere() : VoiceActivity.byEnergy())
                    .build();
            for (var decoder : decoders) {
                // In long pauses the engine's noise would add up to letters in a search.
                int pause = decoder == decoders.get(0) ? 2000 : 20;
                Audio audio = SpellingEngine.audio(text(9_000 + 777 * seed, pause, seed));
                try (QuantSession session = session(options, decoder)) {
                    Transcript whole = session.transcribe(audio);
                    List<Word> words = new ArrayList<>();
                    double length = 11 + 13 * seed;
                    double read = 0;
                    for (double from = 0; from < audio.seconds(); from += length) {
                        boolean last = from + length >= audio.seconds();
                        Transcript t = part(session, audio, from, last ? Double.POSITIVE_INFINITY : from + length);
                        words.addAll(t.words());
                        assertThat(t.text())
                                .isEqualTo(
                                        new Transcript(List.of(t.alternatives().get(0)), 1).text());
                        read = Math.max(read, t.audioSeconds());
                    }
                    assertThat(words).as("seed %d, parts of %f s", seed, length).isEqualTo(whole.words());
                    assertThat(read).isEqualTo(whole.audioSeconds());
                }
            }
        }
    }

    @Test
    void onlyThePartIsHeard() {
        Audio audio = SpellingEngine.audio(text(60_000, 20, 5));
        int[] runs = {0};
        engine.duringRun = () -> runs[0]++;
        LongAudio options =
                LongAudio.window(5).voiceActivity(VoiceActivity.everywhere()).build();
        try (QuantSession session = session(options, PrefixBeam::with)) {
            session.transcribe(audio);
            int whole = runs[0];
            Transcript part = part(session, audio, 300, 330);
            assertThat(runs[0] - whole).as("of %d", whole).isLessThan(whole / 5);
            assertThat(part.audioSeconds()).as("seconds read of 600").isBetween(330.0, 400.0);
            assertThat(part.words()).isNotEmpty();
        }
    }

    @Test
    void aPartThatLiesBehindTheEndHasNoWords() {
        Audio audio = SpellingEngine.audio(text(6_000, 20, 3));
        try (QuantSession session = session(LongAudio.window(5).build(), PrefixBeam::with)) {
            assertThat(part(session, audio, 600, 700).words()).isEmpty();
            assertThat(part(session, audio, 0, 700).words())
                    .isEqualTo(session.transcribe(audio).words());
        }
        Audio brief = SpellingEngine.audio("ab|");
        try (QuantSession session = session(LongAudio.defaults(), PrefixBeam::with)) {
            assertThat(part(session, brief, 600, 700).words()).isEmpty();
            assertThat(part(session, brief, 0, 700).text()).isEqualTo("ab");
        }
    }

    @Test
    void timesThatMakeNoPartAreRefused() {
        for (double[] times : new double[][] {{5, 5}, {-1, 3}, {Double.NaN, 3}, {3, Double.NaN}}) {
            assertThatThrownBy(() -> RecordingOptions.builder().part(times[0], times[1]))
                    .isInstanceOf(AudioFormatException.class);
        }
        assertThatThrownBy(() -> RecordingOptions.builder().part(1, 2).from(1).build())
                .isInstanceOf(AudioFormatException.class)
                .hasMessageContaining("leave from and to out");
    }
}
