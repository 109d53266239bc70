package org.quantvoice.internal.features;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Computes the log-mel energies of batches of frames: windows, power spectra, mel filters, logarithms, all of up to {@link
 * #FRAMES} frames at once. A frame's values do not depend on those beside it. Immutable, for any number of threads, which take
 * their working memory from one pool.
 */
final class LogMel {
    /** Largest number of frames of a batch. */
    static final int FRAMES = Lanes.WIDTH;

    private static final int KEPT = 16;
    private static final double KALDI_SCALE = 32_768; // samples in [-1, 1] become those of 16 bits
    /** Tables of the settings used last, which are kept because computing the tables takes as long as the features of seconds. */
    private static final Map<Key, LogMel> TABLES = Collections.synchronizedMap(new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, LogMel> eldest) {
            return size() > KEPT;
        }
    });

    private final int hop;
    private final double[] window;
    private final RealFft fft;
    private final int spectrum;
    private final MelBank mel;
    private final Compression compression;
    private final Queue<Batch> idle =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    private record Key(FrontEnd.Kind kind, int sampleRate, int bins, int window, int hop, int fft) {}

    /** The logarithm of an energy: {@code factor * ln(max(energy, floor) + guard)}. */
    private record Compression(double floor, double guard, double factor) {
        static Compression of(FrontEnd.Kind kind) {
            return switch (kind) {
                case KALDI -> new Compression(Math.scalb(1.0, -23), 0, 1); // the machine epsilon of float
                case NEMO -> new Compression(0, Math.scalb(1.0, -24), 1);
                case LASR -> new Compression(1e-5, 0, 1);
                case WHISPER -> new Compression(1e-10, 0, 1 / Math.log(10));
            };
        }
    }

    private LogMel(Key key) {
        hop = key.hop;
        spectrum = key.fft / 2;
        fft = new RealFft(key.fft);
        window = window(key.kind, key.window);
        compression = Compression.of(key.kind);
        mel = switch (key.kind) {
            case KALDI -> MelBank.kaldi(key.bins, key.sampleRate, spectrum);
            case LASR -> MelBank.lasr(key.bins, key.sampleRate, spectrum);
            case NEMO, WHISPER -> MelBank.slaney(key.bins, key.sampleRate, spectrum);
        };
    }

    static LogMel of(FrontEnd settings) {
        Key key = new Key(
                settings.kind(),
                settings.sampleRate(),
                settings.bins(),
                settings.window(),
                settings.hop(),
                settings.kind() == FrontEnd.Kind.KALDI ? Fbank.transform(settings.window()) : settings.fft());
        return TABLES.computeIfAbsent(key, LogMel::new);
    }

    /** Whisper's window is periodic, those of the others are symmetric; Kaldi's is Povey's. */
    private static double[] window(FrontEnd.Kind kind, int length) {
        double[] window = new double[length];
        int period = kind == FrontEnd.Kind.WHISPER ? length : length - 1;
        for (int i = 0; i < length; i++) {
            double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / period);
            window[i] = kind == FrontEnd.Kind.KALDI ? KALDI_SCALE * Math.pow(hann, 0.85) : hann;
        }
        return window;
    }

    int bins() {
        return mel.bins();
    }

    /** Takes working memory, to be given back. */
    Batch take() {
        Batch batch = idle.poll();
        return batch == null ? new Batch() : batch;
    }

    /** Gives working memory back; more than processors could use at once is left to the garbage collector. */
    void give(Batch batch) {
        idle.offer(batch);
    }

    /** Working memory of a batch of frames. For one thread at a time. */
    final class Batch {
        /** Samples from the one before the first frame on, for the caller. */
        final double[] samples = new double[window.length + (FRAMES - 1) * hop + 1];
        /** The signal from the first frame's first sample on, which the caller writes. */
        final double[] signal = new double[samples.length - 1];
        /** What is taken off all values of a frame, which the caller writes. */
        final double[] offsets = new double[FRAMES];

        private final double[][] rows = new double[spectrum][2 * FRAMES];
        private final double[][] lines = new double[spectrum + MelBank.GROUP][];
        private final double[] energies = new double[FRAMES];

        private Batch() {
            Arrays.fill(lines, new double[FRAMES]); // stays zero
            for (int line = 0; line < spectrum; line++) {
                lines[line] = rows[fft.place(line)];
            }
        }

        /** Writes the values of the first frames of the signal, {@code [frames, bins]}. */
        void write(int frames, float[] out, int at) {
            gather(frames);
            fft.power(rows, frames);
            for (int bin = 0; bin < bins(); bin++) {
                mel.energies(bin, lines, frames, energies);
                compress(frames, out, at + bin);
            }
        }

        private void gather(int frames) {
            int pairs = window.length / 2;
            for (int i = 0; i < pairs; i++) {
                gather(2 * i, rows[i], frames);
            }
            for (int i = pairs; i < spectrum; i++) {
                Arrays.fill(rows[i], 0);
            }
            if (window.length % 2 != 0) {
                double[] row = rows[pairs];
                for (int frame = 0; frame < frames; frame++) {
                    row[frame] = window[2 * pairs] * (signal[2 * pairs + frame * hop] - offsets[frame]);
                }
            }
        }

        /** Gathers two samples of each frame. */
        private void gather(int sample, double[] row, int frames) {
            double even = window[sample];
            double odd = window[sample + 1];
            for (int frame = 0, from = sample; frame < frames; frame++, from += hop) {
                double offset = offsets[frame];
                row[frame] = even * (signal[from] - offset);
                row[FRAMES + frame] = odd * (signal[from + 1] - offset);
            }
        }

        private void compress(int frames, float[] out, int at) {
            double floor = compression.floor;
            double guard = compression.guard;
            double factor = compression.factor;
            for (int frame = 0, to = at; frame < frames; frame++, to += bins()) {
                double energy = energies[frame];
                out[to] = (float) (factor * FastLog.ln((energy > floor ? energy : floor) + guard));
            }
        }
    }
}
