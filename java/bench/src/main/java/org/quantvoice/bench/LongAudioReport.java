package org.quantvoice.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.quantvoice.LongAudio;
import org.quantvoice.QuantSession;
import org.quantvoice.Transcript;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.decode.Word;
import org.quantvoice.eval.EditCounts;

/**
 * Compares a long recording with the pieces that it is made of: word errors, words at the seams of the pieces, times,
 * real-time factor. The pieces are a corpus, in its own order first and shuffled after that.
 *
 * <pre>
 * java ... org.quantvoice.bench.LongAudioReport CORPUS.tsv MODEL TIMES GAP NOISE [TRIM [WINDOW OVERLAP]]
 * </pre>
 *
 * GAP is seconds of silence behind each piece, NOISE the standard deviation of noise over all; with TRIM, both ends of
 * the pieces are cut where they are that many dB below their loudest 20 ms, so that there is no pause between pieces
 * (-1 cuts nothing). WINDOW and OVERLAP are seconds. Other work on the machine disturbs the real-time factor; it
 * disturbs the CPU time less.
 */
public final class LongAudioReport {
    private static final int RATE = 16_000;
    private static final double FRAME = 0.02;

    private record Piece(float[] samples, List<String> words) {}

    /** A piece with its position in the long recording, in samples. */
    private record Placed(Piece piece, int from, int to) {}

    private LongAudioReport() {}

    public static void main(String[] args) throws IOException {
        List<Piece> pieces = pieces(Path.of(args[0]), args.length > 5 ? Double.parseDouble(args[5]) : -1);
        List<Placed> placed = place(pieces, Integer.parseInt(args[2]), (int) (Double.parseDouble(args[3]) * RATE));
        float[] all = samples(placed, Double.parseDouble(args[4]));
        LongAudio options = args.length > 7
                ? LongAudio.window(Double.parseDouble(args[6]))
                        .overlap(Double.parseDouble(args[7]))
                        .build()
                : LongAudio.defaults();
        try (QuantSession session =
                QuantSession.builder().model(args[1]).longAudio(options).build()) {
            Map<Piece, Transcript> alone = new HashMap<>();
            pieces.forEach(p -> alone.put(p, session.transcribe(new Audio(p.samples(), RATE))));
            Audio ten = new Audio(Arrays.copyOf(all, 10 * RATE), RATE);
            double shortRtf = rtf(session, ten, 10);
            long shortCpu = cpuNanos();
            rtf(session, ten, 10);
            shortCpu = (cpuNanos() - shortCpu) / 100;
            long cpu = cpuNanos();
            long start = System.nanoTime();
            Transcript whole = session.transcribe(new Audio(all, RATE));
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (cpuNanos() - cpu) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f min, RTF of 10 s %.4f, of all %.4f (%.2fx); processor seconds a"
                            + " second %.4f and %.4f (%.2fx)%n",
                    String.join(" ", Arrays.asList(args).subList(1, args.length)),
                    whole.audioSeconds() / 60,
                    shortRtf,
                    seconds / whole.audioSeconds(),
                    seconds / whole.audioSeconds() / shortRtf,
                    shortCpu / 1e9,
                    cpuSeconds / whole.audioSeconds(),
                    cpuSeconds / whole.audioSeconds() / (shortCpu / 1e9));
            compare(placed, alone, whole);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /**
     * Reads the pieces.
     *
     * @param trim dB below the loudest 20 ms at which the ends are cut; negative to cut nothing
     */
    private static List<Piece> pieces(Path corpus, double trim) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        for (String row : Files.readAllLines(corpus).stream().skip(1).toList()) {
            String[] fields = row.split("\t");
            float[] samples = AudioFiles.read(corpus.resolveSibling(fields[2])).samples();
            pieces.add(new Piece(trim < 0 ? samples : trimmed(samples, trim), List.of(fields[3].split(" "))));
        }
        return pieces;
    }

    private static float[] trimmed(float[] samples, double decibels) {
        int step = RATE / 50;
        double[] energies = new double[samples.length / step];
        for (int i = 0; i < samples.length / step * step; i++) {
            energies[i / step] += (double) samples[i] * samples[i];
        }
        double least = Arrays.stream(energies).max().orElseThrow() * Math.pow(10, -decibels / 10);
        int first = 0;
        while (energies[first] < least) {
            first++;
        }
        int last = energies.length - 1;
        while (energies[last] < least) {
            last--;
        }
        return Arrays.copyOfRange(samples, first * step, (last + 1) * step);
    }

    private static List<Placed> place(List<Piece> pieces, int times, int gap) {
        List<Placed> placed = new ArrayList<>();
        Random random = new Random(7);
        int at = 0;
        for (int t = 0; t < times; t++) {
            List<Piece> order = new ArrayList<>(pieces);
            if (t > 0) {
                Collections.shuffle(order, random);
            }
            for (Piece piece : order) {
                int to = at + piece.samples().length + gap;
                placed.add(new Placed(piece, at, to));
                at = to;
            }
        }
        return placed;
    }

    private static float[] samples(List<Placed> placed, double noise) {
        float[] all = new float[placed.get(placed.size() - 1).to()];
        placed.forEach(p -> System.arraycopy(
                p.piece().samples(), 0, all, p.from(), p.piece().samples().length));
        Random random = new Random(1);
        for (int i = 0; noise > 0 && i < all.length; i++) {
            all[i] += (float) (noise * random.nextGaussian());
        }
        return all;
    }

    private static double rtf(QuantSession session, Audio audio, int runs) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            session.transcribe(audio);
            best = Math.min(best, (System.nanoTime() - start) / 1e9 / audio.seconds());
        }
        return best;
    }

    /**
     * Compares the words of the whole with those of its pieces. A word of the whole belongs to the piece in which its
     * middle lies.
     */
    private static void compare(List<Placed> placed, Map<Piece, Transcript> alone, Transcript whole) {
        long words = 0;
        long errorsAlone = 0;
        long errorsWhole = 0;
        int differing = 0;
        int counts = 0;
        int compared = 0;
        int late = 0;
        double sum = 0;
        int next = 0;
        List<Word> all = whole.words();
        for (Placed p : placed) {
            int first = next;
            while (next < all.size() && (all.get(next).start() + all.get(next).end()) / 2 * RATE < p.to()) {
                next++;
            }
            List<Word> there = all.subList(first, next);
            List<Word> here = requireNonNull(alone.get(p.piece())).words();
            words += p.piece().words().size();
            errorsAlone += errors(p.piece().words(), texts(here));
            errorsWhole += errors(p.piece().words(), texts(there));
            differing += texts(there).equals(texts(here)) ? 0 : 1;
            counts += isOfAnotherLength(p, here, there) ? 1 : 0;
            for (int i = 0; there.size() == here.size() && i < here.size(); i++) {
                double shift = there.get(i).start()
                        - (double) p.from() / RATE
                        - here.get(i).start();
                sum += shift;
                // half a frame of the shift comes from the position of the piece on the grid of frames
                late += Math.abs(shift) > 1.5 * FRAME ? 1 : 0;
                compared++;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "  WER of the pieces %.3f %%, of all %.3f %% (%d words); of %d pieces %d with other words, %d with another"
                        + " number of words; starts of %d words: mean shift %.4f s, %d off by more than a frame%n",
                100.0 * errorsAlone / words,
                100.0 * errorsWhole / words,
                words,
                placed.size(),
                differing,
                counts,
                compared,
                sum / compared,
                late);
    }

    /**
     * Returns whether a piece has another number of words in the whole, so that one may be lost or doubled. Such pieces
     * are printed.
     */
    private static boolean isOfAnotherLength(Placed p, List<Word> here, List<Word> there) {
        if (there.size() == here.size()) {
            return false;
        }
        System.out.printf(
                Locale.ROOT,
                "  the piece at %.2f s: %s by itself, %s here%n",
                (double) p.from() / RATE,
                texts(here),
                texts(there));
        return true;
    }

    private static List<String> texts(List<Word> words) {
        return words.stream().map(Word::text).toList();
    }

    private static long errors(List<String> expected, List<String> got) {
        return EditCounts.align(
                        expected.stream().mapToInt(String::hashCode).toArray(),
                        got.stream().mapToInt(String::hashCode).toArray())
                .errors();
    }
}
