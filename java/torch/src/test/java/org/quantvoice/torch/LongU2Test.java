package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.LongAudio;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Transcript;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.decode.Word;
import org.quantvoice.engine.Engine;
import org.quantvoice.eval.EditCounts;

/** Minutes of digits through the model with caches, against what was said and what it says of each piece by itself. */
final class LongU2Test {
    private static final int RATE = U2Fixture.SAMPLE_RATE;
    private static final int PIECES = 36;
    private static final double FRAME = 0.04;
    /** Half a frame is where the piece lies on the grid of frames. */
    private static final double NEAR = 1.5 * FRAME + 1e-6;

    private record Piece(float[] samples, List<String> words) {}

    private static List<Piece> pieces() {
        return U2Fixture.test().items().stream()
                .limit(PIECES)
                .map(LongU2Test::piece)
                .toList();
    }

    private static Piece piece(AudioCorpus.Item item) {
        return new Piece(
                AudioFiles.read(item.file()).samples(), List.of(item.text().split(" ")));
    }

    private static QuantSession session() {
        return builder().build();
    }

    private static QuantSessionBuilder builder() {
        return QuantSession.builder()
                .model(U2Fixture.FOLDER.resolve("model/u2-digits-float.pt"))
                .vocabulary(U2Fixture.FOLDER.resolve("model/tokens.json"))
                .engine(Engine.NATIVE)
                .threads(1);
    }

    private static float[] joined(List<Piece> pieces, int gap) {
        float[] all = new float
                [pieces.stream().mapToInt(p -> p.samples().length + gap).sum()];
        int at = 0;
        for (Piece piece : pieces) {
            System.arraycopy(piece.samples(), 0, all, at, piece.samples().length);
            at += piece.samples().length + gap;
        }
        return all;
    }

    private static List<String> texts(Transcript transcript) {
        return transcript.words().stream().map(Word::text).toList();
    }

    private static long errors(List<String> expected, List<String> got) {
        return EditCounts.align(
                        expected.stream().mapToInt(String::hashCode).toArray(),
                        got.stream().mapToInt(String::hashCode).toArray())
                .errors();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1.5, 2.5})
    void minutesAreWhatTheirPiecesAre(double pause) {
        List<Piece> pieces = pieces();
        List<String> spoken = pieces.stream().flatMap(p -> p.words().stream()).toList();
        int gap = (int) (pause * RATE);
        try (QuantSession session = session()) {
            List<Transcript> alone = pieces.stream()
                    .map(p -> session.transcribe(new Audio(p.samples(), RATE)))
                    .toList();
            List<String> words = alone.stream().flatMap(t -> texts(t).stream()).toList();
            Transcript whole = session.transcribe(new Audio(joined(pieces, gap), RATE));
            String what = "%s s between pieces%n%s%nspoken%n%s".formatted(pause, texts(whole), spoken);
            assertThat(errors(spoken, texts(whole))).as(what).isLessThanOrEqualTo(errors(spoken, words) + 1);
            assertThat(whole.words()).as(what).hasSameSizeAs(words);
            assertTimes(pieces, gap, alone, whole);
        }
    }

    /** Silence in front of a short recording adds no letters, whether the samples are 0 or noise of a 16-bit recorder. */
    @ParameterizedTest
    @CsvSource({"0.3, 0", "0.75, 0", "1, 0", "1, 1e-4", "1, 1e-3", "2, 0", "8, 1e-4"})
    void silenceInFrontAddsNothing(double seconds, double noise) {
        Random random = new Random(1);
        try (QuantSession session = session()) {
            long before = 0;
            long behind = 0;
            for (Piece piece : pieces()) {
                Transcript alone = session.transcribe(new Audio(piece.samples(), RATE));
                float[] later = new float[(int) (seconds * RATE) + piece.samples().length];
                for (int i = 0; i < later.length; i++) {
                    later[i] = (float) (noise * random.nextGaussian());
                }
                System.arraycopy(
                        piece.samples(), 0, later, later.length - piece.samples().length, piece.samples().length);
                Transcript moved = session.transcribe(new Audio(later, RATE));
                before += errors(piece.words(), texts(alone));
                behind += errors(piece.words(), texts(moved));
                assertThat(moved.words())
                        .as("%s, not %s", texts(moved), texts(alone))
                        .hasSameSizeAs(alone.words());
                if (seconds > 0.5) {
                    assertThat(moved.words().get(0).start())
                            .as("start of the first word of %s", texts(alone))
                            .isGreaterThan(seconds - NEAR);
                }
                for (int i = 1; i < alone.words().size(); i++) {
                    assertThat(moved.words().get(i).start() - seconds)
                            .as("start of word %d of %s", i, texts(alone))
                            .isCloseTo(alone.words().get(i).start(), within(NEAR));
                }
            }
            assertThat(behind).isLessThanOrEqualTo(before + 1);
        }
    }

    @Test
    void silenceAloneHasNoWords() {
        try (QuantSession session = session()) {
            for (int length : new int[] {1, 5, 20, 90}) {
                assertThat(session.transcribe(new Audio(new float[length * RATE], RATE))
                                .words())
                        .as("%d s", length)
                        .isEmpty();
            }
        }
    }

    /** The model tells the first letter of what it sees too early: see docs/long-audio.md. */
    private static void assertTimes(List<Piece> pieces, int gap, List<Transcript> alone, Transcript whole) {
        double begin = 0;
        int next = 0;
        for (int i = 0; i < pieces.size(); i++) {
            for (Word word : alone.get(i).words()) {
                Word there = whole.words().get(next++);
                boolean first = word == alone.get(i).words().get(0);
                assertThat(there.end() - begin)
                        .as("end of %s in piece %d, which begins at %s: %s", there, i, begin, word)
                        .isCloseTo(word.end(), within(first ? 2 * FRAME + 1e-6 : NEAR));
                if (!first) {
                    assertThat(there.start() - begin)
                            .as("start of %s in piece %d, which begins at %s: %s", there, i, begin, word)
                            .isCloseTo(word.start(), within(NEAR));
                }
            }
            begin += (double) (pieces.get(i).samples().length + gap) / RATE;
        }
    }

    /** What the token list says of windows goes before the default, and what is chosen before both. */
    @Test
    void theTokenListSaysHowLongWindowsAre() {
        try (QuantSession session = session();
                QuantSession chosen =
                        builder().longAudio(LongAudio.window(12).build()).build()) {
            assertThat(session.longAudio().window()).isEqualTo(10);
            assertThat(session.longAudio().wholeUpTo()).isEqualTo(30);
            assertThat(chosen.longAudio().window()).isEqualTo(12);
        }
    }
}
