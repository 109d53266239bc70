package org.quantvoice.internal.features;

import java.util.ArrayList;
import java.util.List;

/**
 * Power spectra of real frames of a fixed even length without prime factors above 5, up to {@link Lanes#WIDTH} frames at once: the even
 * and odd samples are the two parts of a complex sequence of half the length, which is transformed in place, decimated in frequency, by
 * steps of radix 4, 5, 3 and 2. The results are where the steps leave them, {@link #place}; rows are arrays of their own, so
 * nothing is ever reordered. Immutable; what a frame's spectrum is does not depend on the frames beside it.
 */
final class RealFft {
    private final int half;
    private final FftStep[] steps;
    private final int[] places;
    /** Cosines and sines of exp(-2 pi i k / length) for k of 0 to half - 1. */
    private final double[] cosine;

    private final double[] sine;

    /** Returns whether a length has no prime factors above 5, and is even. */
    static boolean takes(int length) {
        int left = length;
        for (int factor : new int[] {2, 3, 5}) {
            while (left > 1 && left % factor == 0) {
                left /= factor;
            }
        }
        return length >= 4 && length % 2 == 0 && left == 1;
    }

    /**
     * @param length {@link #takes} says so
     */
    RealFft(int length) {
        half = length / 2;
        cosine = new double[half];
        sine = new double[half];
        for (int k = 0; k < half; k++) {
            cosine[k] = Math.cos(2 * Math.PI * k / length);
            sine[k] = -Math.sin(2 * Math.PI * k / length);
        }
        List<FftStep> found = new ArrayList<>();
        int block = half;
        for (int radix : new int[] {4, 5, 3, 2}) {
            for (; block % radix == 0; block /= radix) {
                found.add(FftStep.of(radix, block));
            }
        }
        steps = found.toArray(FftStep[]::new);
        places = new int[half];
        for (int k = 0; k < half; k++) {
            places[k] = placeOf(k);
        }
    }

    private int placeOf(int line) {
        int place = 0;
        int rest = line;
        for (FftStep step : steps) {
            place += step.place(rest % step.radix());
            rest /= step.radix();
        }
        return place;
    }

    /** Returns the row that holds a line of the spectrum, 0 to length / 2 - 1, after {@link #power}. */
    int place(int line) {
        return places[line];
    }

    /**
     * Writes |X[k]|^2 for k of 0 to length / 2 - 1 over the real parts of the rows.
     *
     * @param rows samples 2i and 2i + 1 of each frame are the real and the imaginary parts of row i; length / 2 rows
     */
    void power(double[][] rows, int frames) {
        for (FftStep step : steps) {
            step.apply(rows, frames);
        }
        double[] zero = rows[places[0]];
        for (int l = 0; l < frames; l++) {
            double sum = zero[l] + zero[l + Lanes.WIDTH];
            zero[l] = sum * sum;
        }
        for (int k = 1; 2 * k < half; k++) {
            // X[k] = E + W^k O and X[half - k] = conj(E - W^k O), where E and O are the spectra of the even and odd
            // samples.
            double[] even = rows[places[k]];
            double[] odd = rows[places[half - k]];
            Lanes.part(even, odd, frames);
            Lanes.turn(odd, cosine[k], sine[k], frames);
            Lanes.sum(even, odd, frames);
            Lanes.power(even, 0.25, frames);
            Lanes.power(odd, 0.25, frames);
        }
        if (half % 2 == 0) {
            Lanes.power(rows[places[half / 2]], 1, frames);
        }
    }
}
