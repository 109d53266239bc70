package org.quantvoice.features;

import org.quantvoice.error.ModelFormatException;

/**
 * Triangular filters that are equally spaced, and linear, in mel(f) = 1127 ln(1 + f / 700), from 20 Hz to the Nyquist
 * frequency; not normalised by area (Kaldi's default).
 */
final class MelBank {
    private static final double LOWEST_HERTZ = 20;

    private final int[] first;
    private final double[][] weights;

    /**
     * @param bins filters, 1 or more, so few that each covers a line of the spectrum
     * @param spectrum lines of the power spectrum, from 0 Hz to just under the Nyquist frequency
     */
    MelBank(int bins, int sampleRate, int spectrum) {
        first = new int[bins];
        weights = new double[bins][];
        double low = mel(LOWEST_HERTZ);
        double step = (mel(sampleRate / 2.0) - low) / (bins + 1);
        double hertz = sampleRate / 2.0 / spectrum;
        for (int bin = 0; bin < bins; bin++) {
            double left = low + bin * step;
            int from = 0;
            while (from < spectrum && mel(from * hertz) <= left) {
                from++;
            }
            int to = from;
            while (to < spectrum && mel(to * hertz) < left + 2 * step) {
                to++;
            }
            if (to == from) {
                throw new ModelFormatException(
                        bins + " mel bins at " + sampleRate + " Hz, of which bin " + bin
                                + " covers no line of the spectrum",
                        "fewer bins",
                        "correct the model's feature settings");
            }
            first[bin] = from;
            weights[bin] = new double[to - from];
            for (int k = from; k < to; k++) {
                double rise = (mel(k * hertz) - left) / step;
                weights[bin][k - from] = Math.min(rise, 2 - rise);
            }
        }
    }

    int bins() {
        return weights.length;
    }

    double energy(int bin, double[] power) {
        double[] row = weights[bin];
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
            sum += row[k] * power[first[bin] + k];
        }
        return sum;
    }

    private static double mel(double hertz) {
        return 1127 * Math.log(1 + hertz / 700);
    }
}
