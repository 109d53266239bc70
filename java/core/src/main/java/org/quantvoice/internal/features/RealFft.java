package org.quantvoice.internal.features;

import java.util.ArrayList;
import java.util.List;

/**
 * Power spectrum of real input of a fixed even length without prime factors above 5: the even and odd samples are the two parts of a complex
 * sequence of half the length. That is transformed by radix-4 steps, and others of radix 2, 3 and 5 where the length asks for them, which
 * write in order what they read apart (Stockham, "High-speed convolution and correlation", 1966), so nothing is ever
 * reordered. Nothing is allocated after construction.
 */
final class RealFft {
    private final int half;
    /** Two pairs of arrays; each step reads one pair and writes the other. */
    private double[] re;

    private double[] im;
    private double[] nextRe;
    private double[] nextIm;
    /** Cosines of exp(-2 pi i k / length) for k of 0 to half - 1; {@link #sine} holds their sines. */
    private final double[] cosine;

    private final double[] sine;

    /** Twiddle factors of each radix-4 step. */
    private final double[][] turns;

    /** The steps behind those of radix 4. */
    private final OddStep[] others;

    /** Whether a length has no prime factors above 5, and is even. */
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
        re = new double[half];
        im = new double[half];
        nextRe = new double[half];
        nextIm = new double[half];
        cosine = new double[half];
        sine = new double[half];
        for (int k = 0; k < half; k++) {
            cosine[k] = Math.cos(2 * Math.PI * k / length);
            sine[k] = -Math.sin(2 * Math.PI * k / length);
        }
        turns = new double[Integer.numberOfTrailingZeros(half) / 2][];
        for (int step = 0; step < turns.length; step++) {
            turns[step] = turns(half, 1 << 2 * step);
        }
        List<OddStep> found = new ArrayList<>();
        int stride = 1 << 2 * turns.length;
        for (int radix = 2; half / stride > 2; radix++) {
            while (half / stride % radix == 0) {
                found.add(new OddStep(half, radix, stride));
                stride *= radix;
            }
        }
        others = found.toArray(OddStep[]::new);
    }

    /** Writes |X[k]|^2 for k of 0 to length / 2 - 1. */
    void power(double[] samples, double[] power) {
        for (int k = 0; k < half; k++) {
            re[k] = samples[2 * k];
            im[k] = samples[2 * k + 1];
        }
        transform();
        power[0] = (re[0] + im[0]) * (re[0] + im[0]);
        for (int k = 1; 2 * k <= half; k++) {
            // X[k] = E + W^k O and X[half - k] = conj(E - W^k O), where E and O are the spectra of the even and odd
            // samples
            double evenRe = 0.5 * (re[k] + re[half - k]);
            double evenIm = 0.5 * (im[k] - im[half - k]);
            double oddRe = 0.5 * (im[k] + im[half - k]);
            double oddIm = 0.5 * (re[half - k] - re[k]);
            double x = cosine[k] * oddRe - sine[k] * oddIm;
            double y = cosine[k] * oddIm + sine[k] * oddRe;
            power[k] = (evenRe + x) * (evenRe + x) + (evenIm + y) * (evenIm + y);
            power[half - k] = (evenRe - x) * (evenRe - x) + (evenIm - y) * (evenIm - y);
        }
    }

    private void transform() {
        int stride = 1;
        for (int step = 0; step < turns.length; step++, stride *= 4) {
            step4(turns[step], stride);
            swap();
        }
        for (OddStep other : others) {
            other.apply(re, im, nextRe, nextIm);
            swap();
            stride *= other.radix();
        }
        if (stride < half) {
            step2();
            swap();
        }
    }

    private void swap() {
        double[] real = re;
        double[] imaginary = im;
        re = nextRe;
        im = nextIm;
        nextRe = real;
        nextIm = imaginary;
    }

    /** Computes the butterflies of interleaved transforms of {@code half / stride} points each. */
    private void step4(double[] turn, int stride) {
        double[] xr = re;
        double[] xi = im;
        double[] yr = nextRe;
        double[] yi = nextIm;
        int part = xr.length / 4;
        for (int i = 0; i < part; i++) {
            double sumRe = xr[i] + xr[i + 2 * part];
            double sumIm = xi[i] + xi[i + 2 * part];
            double differenceRe = xr[i] - xr[i + 2 * part];
            double differenceIm = xi[i] - xi[i + 2 * part];
            double otherRe = xr[i + part] + xr[i + 3 * part];
            double otherIm = xi[i + part] + xi[i + 3 * part];
            double turnedRe = xi[i + 3 * part] - xi[i + part];
            double turnedIm = xr[i + part] - xr[i + 3 * part];
            int o = 4 * i - 3 * (i & stride - 1);
            yr[o] = sumRe + otherRe;
            yi[o] = sumIm + otherIm;
            double r1 = differenceRe - turnedRe;
            double i1 = differenceIm - turnedIm;
            yr[o + stride] = r1 * turn[6 * i] - i1 * turn[6 * i + 1];
            yi[o + stride] = r1 * turn[6 * i + 1] + i1 * turn[6 * i];
            double r2 = sumRe - otherRe;
            double i2 = sumIm - otherIm;
            yr[o + 2 * stride] = r2 * turn[6 * i + 2] - i2 * turn[6 * i + 3];
            yi[o + 2 * stride] = r2 * turn[6 * i + 3] + i2 * turn[6 * i + 2];
            double r3 = differenceRe + turnedRe;
            double i3 = differenceIm + turnedIm;
            yr[o + 3 * stride] = r3 * turn[6 * i + 4] - i3 * turn[6 * i + 5];
            yi[o + 3 * stride] = r3 * turn[6 * i + 5] + i3 * turn[6 * i + 4];
        }
    }

    private void step2() {
        int part = half / 2;
        for (int i = 0; i < part; i++) {
            nextRe[i] = re[i] + re[i + part];
            nextIm[i] = im[i] + im[i + part];
            nextRe[i + part] = re[i] - re[i + part];
            nextIm[i + part] = im[i] - im[i + part];
        }
    }

    /**
     * Returns the twiddle factors exp(-2 pi i m p / size) for m of 1, 2 and 3 of each butterfly of a step, as pairs.
     */
    private static double[] turns(int half, int stride) {
        double[] turns = new double[6 * (half / 4)];
        for (int i = 0; i < half / 4; i++) {
            for (int m = 1; m <= 3; m++) {
                double angle = -2 * Math.PI * m * (i / stride) * stride / half;
                turns[6 * i + 2 * m - 2] = Math.cos(angle);
                turns[6 * i + 2 * m - 1] = Math.sin(angle);
            }
        }
        return turns;
    }
}
