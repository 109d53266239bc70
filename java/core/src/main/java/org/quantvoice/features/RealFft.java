package org.quantvoice.features;

/**
 * Power spectrum of real input of a fixed power-of-two length: the even and odd samples are the two parts of a complex
 * sequence of half the length, which a radix-2 FFT transforms in place. Nothing is allocated after construction.
 */
final class RealFft {
    private final int half;
    private final double[] re;
    private final double[] im;
    private final int[] reversed;
    /** exp(-2 pi i k / length) for k of 0 to half - 1. */
    private final double[] cosine;

    private final double[] sine;

    /**
     * @param length power of two, 4 or more
     */
    RealFft(int length) {
        half = length / 2;
        re = new double[half];
        im = new double[half];
        reversed = new int[half];
        cosine = new double[half];
        sine = new double[half];
        int bits = Integer.numberOfTrailingZeros(half);
        for (int k = 0; k < half; k++) {
            reversed[k] = Integer.reverse(k) >>> (Integer.SIZE - bits);
            cosine[k] = Math.cos(2 * Math.PI * k / length);
            sine[k] = -Math.sin(2 * Math.PI * k / length);
        }
    }

    /** Writes |X[k]|^2 for k of 0 to length / 2 - 1. */
    void power(double[] samples, double[] power) {
        for (int k = 0; k < half; k++) {
            re[reversed[k]] = samples[2 * k];
            im[reversed[k]] = samples[2 * k + 1];
        }
        transform();
        power[0] = (re[0] + im[0]) * (re[0] + im[0]);
        for (int k = 1; k < half; k++) {
            // X[k] = E + W^k O, where E and O are the spectra of the even and the odd samples
            double evenRe = 0.5 * (re[k] + re[half - k]);
            double evenIm = 0.5 * (im[k] - im[half - k]);
            double oddRe = 0.5 * (im[k] + im[half - k]);
            double oddIm = 0.5 * (re[half - k] - re[k]);
            double x = evenRe + cosine[k] * oddRe - sine[k] * oddIm;
            double y = evenIm + cosine[k] * oddIm + sine[k] * oddRe;
            power[k] = x * x + y * y;
        }
    }

    private void transform() {
        for (int size = 2; size <= half; size *= 2) {
            int step = 2 * half / size;
            for (int block = 0; block < half; block += size) {
                for (int j = 0; j < size / 2; j++) {
                    butterfly(block + j, block + j + size / 2, j * step);
                }
            }
        }
    }

    private void butterfly(int a, int b, int twiddle) {
        double x = re[b] * cosine[twiddle] - im[b] * sine[twiddle];
        double y = re[b] * sine[twiddle] + im[b] * cosine[twiddle];
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
    }
}
