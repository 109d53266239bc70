package org.quantvoice.internal.features;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.quantvoice.error.ModelFormatException;

/**
 * Triangular filters over the lines of a power spectrum. Kaldi's are equally spaced, and linear, in mel(f) = 1127
 * ln(1 + f / 700), from 20 Hz to the Nyquist frequency, and not normalised by area; LASR's are like them, from 125 to
 * 7500 Hz; Slaney's are equally spaced in Slaney's mel scale, linear in hertz, and of equal area.
 */
final class MelBank {
    private static final double LOWEST_HERTZ = 20;
    private static final double LASR_LOWEST = 125;
    private static final double LASR_HIGHEST = 7500;

    /** Lines that are weighed together; each filter has a multiple of them, with weights of 0 behind its last. */
    static final int GROUP = 4;

    private final int[] first;
    private final double[][] weights;

    /** Returns the weight of a line of the spectrum in a filter. */
    private interface Triangle {
        double at(int bin, int line);
    }

    private MelBank(int bins, int spectrum, Triangle triangle) {
        first = new int[bins];
        weights = new double[bins][];
        for (int bin = 0; bin < bins; bin++) {
            int from = 0;
            while (from < spectrum && triangle.at(bin, from) <= 0) {
                from++;
            }
            int to = from;
            while (to < spectrum && triangle.at(bin, to) > 0) {
                to++;
            }
            first[bin] = from;
            weights[bin] = new double[(to - from + GROUP - 1) / GROUP * GROUP];
            for (int line = from; line < to; line++) {
                weights[bin][line - from] = triangle.at(bin, line);
            }
        }
    }

    /**
     * Returns Kaldi's filters.
     *
     * @param bins number of filters, 1 or more; each must cover a line of the spectrum
     * @param spectrum number of lines of the power spectrum, from 0 Hz to just under the Nyquist frequency
     */
    static MelBank kaldi(int bins, int sampleRate, int spectrum) {
        MelBank bank = between(bins, sampleRate, spectrum, LOWEST_HERTZ, sampleRate / 2.0);
        for (int bin = 0; bin < bins; bin++) {
            if (bank.weights[bin].length == 0) {
                throw new ModelFormatException(
                        bins + " mel bins at " + sampleRate + " Hz, of which bin " + bin
                                + " covers no line of the spectrum",
                        "fewer bins",
                        "correct the model's feature settings");
            }
        }
        return bank;
    }

    /** Returns LASR's filters, some of which may cover no line. */
    static MelBank lasr(int bins, int sampleRate, int spectrum) {
        return between(bins, sampleRate, spectrum, LASR_LOWEST, LASR_HIGHEST);
    }

    private static MelBank between(int bins, int sampleRate, int spectrum, double lowest, double highest) {
        double low = mel(lowest);
        double step = (mel(highest) - low) / (bins + 1);
        double hertz = sampleRate / 2.0 / spectrum;
        return new MelBank(bins, spectrum, (bin, line) -> {
            double rise = line == 0 ? 0 : (mel(line * hertz) - low - bin * step) / step;
            return Math.min(rise, 2 - rise);
        });
    }

    /** Returns Slaney's filters, some of which may cover no line; weights are rounded to floats, as in NeMo. */
    static MelBank slaney(int bins, int sampleRate, int spectrum) {
        double step = slaneyMel(sampleRate / 2.0) / (bins + 1);
        double hertz = sampleRate / 2.0 / spectrum;
        DoubleUnaryOperator edge = i -> slaneyHertz(i * step);
        return new MelBank(bins, spectrum, (bin, line) -> {
            double left = edge.applyAsDouble(bin);
            double middle = edge.applyAsDouble(bin + 1);
            double right = edge.applyAsDouble(bin + 2);
            double rise = (line * hertz - left) / (middle - left);
            double fall = (right - line * hertz) / (right - middle);
            return (float) (Math.max(0, Math.min(rise, fall)) * 2 / (right - left));
        });
    }

    int bins() {
        return weights.length;
    }

    /**
     * Writes the energies of frames in a filter.
     *
     * @param lines a row of frames for each line of the spectrum, and {@link #GROUP} rows of zeros behind them
     */
    void energies(int bin, double[][] lines, int frames, double[] energies) {
        double[] row = weights[bin];
        Arrays.fill(energies, 0, frames, 0);
        for (int k = 0; k < row.length; k += GROUP) {
            Lanes.add(energies, lines, first[bin] + k, row, k, frames);
        }
    }

    private static double mel(double hertz) {
        return 1127 * Math.log(1 + hertz / 700);
    }

    /** Converts hertz to Slaney's mel: linear up to 1000 Hz, which are 15 mel, then 27 mel for each factor of 6.4. */
    private static double slaneyMel(double hertz) {
        return hertz < 1000 ? 3 * hertz / 200 : 15 + Math.log(hertz / 1000) * 27 / Math.log(6.4);
    }

    private static double slaneyHertz(double mel) {
        return mel < 15 ? 200 * mel / 3 : 1000 * Math.exp((mel - 15) * Math.log(6.4) / 27);
    }
}
