package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.eval.EditCounts;

/** Minutes of digits on the native engine, against what the model says of each piece by itself. */
@Tag("long")
class LongDigitsTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits");
    private static final int RATE = 16_000;
    private static final int PIECES = 36;

    private static QuantSession session(LongAudio options) {
        return QuantSession.builder()
                .model(DIGITS.resolve("model/digits.qv"))
                .vocabulary(DIGITS.resolve("model/tokens.json"))
                .longAudio(options)
                .build();
    }

    private static List<float[]> pieces() throws IOException {
        List<float[]> pieces = new ArrayList<>();
        for (String row : Files.readAllLines(DIGITS.resolve("test/test.tsv")).subList(1, 1 + PIECES)) {
            pieces.add(AudioFiles.read(DIGITS.resolve("test").resolve(row.split("\t")[2]))
                    .samples());
        }
        return pieces;
    }

    private static float[] joined(List<float[]> pieces, int gap) {
        float[] all = new float[pieces.stream().mapToInt(p -> p.length + gap).sum()];
        int at = 0;
        for (float[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length + gap;
        }
        return all;
    }

    private static long errors(List<String> expected, Transcript got) {
        return EditCounts.align(
                        expected.stream().mapToInt(String::hashCode).toArray(),
                        got.words().stream().mapToInt(w -> w.text().hashCode()).toArray())
                .errors();
    }

    @Test
    void minutesAreWhatTheirPiecesAre() throws IOException {
        List<float[]> pieces = pieces();
        try (QuantSession session = session(LongAudio.defaults());
                QuantSession parallel = session(LongAudio.builder().parallel(3).build())) {
            List<String> alone = new ArrayList<>();
            pieces.forEach(p -> session.transcribe(new Audio(p, RATE)).words().forEach(w -> alone.add(w.text())));
            Random random = new Random(1);
            for (int gap : new int[] {0, RATE / 2, 3 * RATE}) {
                float[] samples = joined(pieces, gap);
                Transcript silent = session.transcribe(new Audio(samples, RATE));
                assertThat(errors(alone, silent))
                        .as("%d samples between pieces", gap)
                        .isLessThanOrEqualTo(6);
                assertThat(parallel.transcribe(new Audio(samples, RATE))).isEqualTo(silent);
                for (int i = 0; i < samples.length; i++) {
                    samples[i] += (float) (5e-4 * random.nextGaussian());
                }
                assertThat(errors(alone, session.transcribe(new Audio(samples, RATE))))
                        .as("noise in %d samples between pieces", gap)
                        .isLessThanOrEqualTo(8);
            }
        }
    }

    /** One more sample than a step of the executor takes, 17.5 minutes, through the model by itself and to words. */
    @Test
    void recordingsAreLongerThanAStepOfTheExecutorTakes() {
        Audio silence = new Audio(new float[(1 << 24) + 1], RATE);
        try (QuantSession session = session(LongAudio.defaults())) {
            assertThat(session.logProbs(silence).frames()).isEqualTo(((1 << 24) + 1) / 320);
            assertThat(session.transcribe(silence).words()).isEmpty();
        }
    }

    @Test
    void whatHoldsNoSpeechHasNoWords() {
        try (QuantSession session = session(LongAudio.defaults())) {
            float[] samples = new float[120 * RATE];
            assertThat(session.transcribe(new Audio(samples, RATE)).words())
                    .as("silence")
                    .isEmpty();
            assertThat(session.transcribe(new Audio(new float[5 * RATE], RATE)).words())
                    .as("short silence")
                    .isEmpty();
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (float) (0.5 * Math.sin(i * 0.1));
            }
            assertThat(session.transcribe(new Audio(samples, RATE)).words())
                    .as("a tone")
                    .hasSizeLessThan(3);
        }
    }

    @Test
    void clippedSpeechIsHeard() throws IOException {
        float[] samples = joined(pieces(), 0);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Math.max(-0.99f, Math.min(0.99f, 20 * samples[i]));
        }
        try (QuantSession session = session(LongAudio.defaults())) {
            Transcript t = session.transcribe(new Audio(samples, RATE));
            assertThat(t.words()).hasSizeGreaterThan(2 * PIECES);
            assertThat(t.words()).allSatisfy(w -> assertThat(w.end()).isBetween(w.start(), t.audioSeconds()));
        }
    }
}
