package org.quantvoice.internal.features;

/**
 * Steps of transforms of up to {@link #WIDTH} frames at once. A row holds one complex value of each frame: the real parts, and from {@link
 * #WIDTH} on the imaginary parts. The compiler computes several frames in one instruction only where a loop's body is
 * small, so each of these loops does little, and a butterfly is made of several; rows stay in the first cache meanwhile.
 */
final class Lanes {
    /** Largest number of frames of a row. With fewer, the loops' beginnings and ends weigh too much; with more, rows leave the second cache. */
    static final int WIDTH = 64;

    private Lanes() {}

    /** Replaces a and b by a + b and a - b. */
    static void sum(double[] a, double[] b, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double y = a[l + WIDTH];
            double z = b[l];
            double w = b[l + WIDTH];
            a[l] = x + z;
            a[l + WIDTH] = y + w;
            b[l] = x - z;
            b[l + WIDTH] = y - w;
        }
    }

    /** Replaces a and b by a - ib and a + ib. */
    static void sumTurned(double[] a, double[] b, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double y = a[l + WIDTH];
            double z = b[l];
            double w = b[l + WIDTH];
            a[l] = x + w;
            a[l + WIDTH] = y - z;
            b[l] = x - w;
            b[l + WIDTH] = y + z;
        }
    }

    /** Replaces a and b by a + b and a + factor b. */
    static void sumScaled(double[] a, double[] b, double factor, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double y = a[l + WIDTH];
            double z = b[l];
            double w = b[l + WIDTH];
            a[l] = x + z;
            a[l + WIDTH] = y + w;
            b[l] = x + factor * z;
            b[l + WIDTH] = y + factor * w;
        }
    }

    /** Replaces a and b by p a + q b and q a - p b. */
    static void blend(double[] a, double[] b, double p, double q, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double z = b[l];
            a[l] = p * x + q * z;
            b[l] = q * x - p * z;
        }
        for (int l = WIDTH; l < WIDTH + frames; l++) {
            double x = a[l];
            double z = b[l];
            a[l] = p * x + q * z;
            b[l] = q * x - p * z;
        }
    }

    /** Multiplies by a real number. */
    static void scale(double[] a, double factor, int frames) {
        for (int l = 0; l < frames; l++) {
            a[l] *= factor;
            a[l + WIDTH] *= factor;
        }
    }

    /** Multiplies by c + is. */
    static void turn(double[] a, double c, double s, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double y = a[l + WIDTH];
            a[l] = x * c - y * s;
            a[l + WIDTH] = x * s + y * c;
        }
    }

    /** Replaces a and b, lines k and n - k of a spectrum of n, by twice the spectra of the even and of the odd samples. */
    static void part(double[] a, double[] b, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double y = a[l + WIDTH];
            double z = b[l];
            double w = b[l + WIDTH];
            a[l] = x + z;
            a[l + WIDTH] = y - w;
            b[l] = y + w;
            b[l + WIDTH] = z - x;
        }
    }

    /** Writes |a|^2 over the real parts of a. */
    static void power(double[] a, double factor, int frames) {
        for (int l = 0; l < frames; l++) {
            double x = a[l];
            double y = a[l + WIDTH];
            a[l] = factor * (x * x + y * y);
        }
    }

    /** Adds four weighed rows of real numbers. */
    static void add(double[] to, double[][] rows, int row, double[] weights, int at, int frames) {
        double[] a = rows[row];
        double[] b = rows[row + 1];
        double[] c = rows[row + 2];
        double[] d = rows[row + 3];
        double p = weights[at];
        double q = weights[at + 1];
        double r = weights[at + 2];
        double s = weights[at + 3];
        for (int l = 0; l < frames; l++) {
            to[l] += p * a[l] + q * b[l] + (r * c[l] + s * d[l]);
        }
    }
}
