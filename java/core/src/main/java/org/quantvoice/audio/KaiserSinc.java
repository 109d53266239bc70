package org.quantvoice.audio;

/**
 * The prototype of the resampling filter: a sinc under a Kaiser window (J. F. Kaiser, 1974), tabulated once. Both
 * scale with the rates, so one table of {@code g(u)}, u in [0, 1] from the centre to the window's end, serves every
 * ratio.
 *
 * <p>Design: {@value #ATTENUATION} dB of stopband and {@value #ZERO_CROSSINGS} zero crossings on each side give a
 * transition band of 10 % of the lower Nyquist frequency; the cutoff lies in its middle, so the stopband starts at
 * that Nyquist frequency and the passband is flat up to 90 % of it.
 */
final class KaiserSinc {
    static final int ZERO_CROSSINGS = 64;
    /** Middle of the transition band, relative to the lower Nyquist frequency. */
    static final double CUTOFF = 0.95;

    private static final double ATTENUATION = 100;
    private static final double BETA = 0.1102 * (ATTENUATION - 8.7);
    /**
     * Number of table points for each zero crossing; linear interpolation between them errs by less than 4e-7 (-128
     * dB).
     */
    private static final int POINTS = 1_024;

    private static final int LENGTH = ZERO_CROSSINGS * POINTS;
    private static final double[] TABLE = tabulate();

    private KaiserSinc() {}

    /** Returns {@code g(u)} for u of 0 or more; 0 from the window's end on. */
    static double at(double u) {
        double place = u * LENGTH;
        if (place >= LENGTH) {
            return 0;
        }
        int below = (int) place;
        return TABLE[below] + (place - below) * (TABLE[below + 1] - TABLE[below]);
    }

    private static double[] tabulate() {
        double[] table = new double[LENGTH + 1];
        double peak = bessel(BETA);
        for (int i = 0; i < LENGTH; i++) {
            double u = (double) i / LENGTH;
            double angle = Math.PI * CUTOFF * ZERO_CROSSINGS * u;
            double sinc = i == 0 ? 1 : Math.sin(angle) / angle;
            table[i] = sinc * bessel(BETA * Math.sqrt(1 - u * u)) / peak;
        }
        return table;
    }

    /** Returns I0, the modified Bessel function of the first kind, by its power series. */
    private static double bessel(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
