package org.quantvoice.internal.features;

/**
 * A step of a Fourier transform in place: in each block of rows, the rows that lie {@code block / radix} apart are replaced by their
 * transform of {@code radix} points, turned, so that each part of the block is left with a transform of its own.
 */
final class FftStep {
    private static final double[] FIFTH = {Math.sin(2 * Math.PI / 5), Math.sin(4 * Math.PI / 5)};
    private static final double THIRD = Math.sin(2 * Math.PI / 3);

    private final int radix;
    private final int part;
    /** Which result of a small transform is left at each of its places. */
    private final int[] results;
    /** Cosine and sine of the turn of each place but the first, of each row of a part. */
    private final double[] turns;

    private FftStep(int radix, int block) {
        this.radix = radix;
        this.part = block / radix;
        this.results = radix == 4 ? new int[] {0, 2, 1, 3} : new int[] {0, 1, 2, 3, 4};
        this.turns = new double[2 * block];
        for (int j = 0; j < part; j++) {
            for (int place = 1; place < radix; place++) {
                double angle = -2 * Math.PI * ((long) j * results[place] % block) / block;
                turns[2 * (radix * j + place)] = Math.cos(angle);
                turns[2 * (radix * j + place) + 1] = Math.sin(angle);
            }
        }
    }

    /**
     * @param radix 2, 3, 4 or 5
     * @param block rows of a block, a multiple of the radix
     */
    static FftStep of(int radix, int block) {
        return new FftStep(radix, block);
    }

    int radix() {
        return radix;
    }

    /** Returns the first row, in a block, of the part that holds the lines whose remainder by the radix is this. */
    int place(int remainder) {
        int place = 0;
        while (results[place] != remainder) {
            place++;
        }
        return place * part;
    }

    void apply(double[][] rows, int frames) {
        for (int block = 0; block < rows.length; block += radix * part) {
            for (int j = 0; j < part; j++) {
                int row = block + j;
                switch (radix) {
                    case 2 -> Lanes.sum(rows[row], rows[row + part], frames);
                    case 3 -> three(rows[row], rows[row + part], rows[row + 2 * part], frames);
                    case 4 -> four(rows[row], rows[row + part], rows[row + 2 * part], rows[row + 3 * part], frames);
                    default -> five(rows, row, frames);
                }
                if (j > 0) {
                    turn(rows, row, 2 * radix * j, frames);
                }
            }
        }
    }

    private void turn(double[][] rows, int row, int at, int frames) {
        for (int place = 1; place < radix; place++) {
            Lanes.turn(rows[row + place * part], turns[at + 2 * place], turns[at + 2 * place + 1], frames);
        }
    }

    private static void three(double[] a, double[] b, double[] c, int frames) {
        Lanes.sum(b, c, frames);
        Lanes.sumScaled(a, b, -0.5, frames);
        Lanes.scale(c, THIRD, frames);
        Lanes.sumTurned(b, c, frames);
    }

    /** Leaves the results 0, 2, 1 and 3. */
    private static void four(double[] a, double[] b, double[] c, double[] d, int frames) {
        Lanes.sum(a, c, frames);
        Lanes.sum(b, d, frames);
        Lanes.sum(a, b, frames);
        Lanes.sumTurned(c, d, frames);
    }

    private void five(double[][] rows, int row, int frames) {
        double[] b = rows[row + part];
        double[] c = rows[row + 2 * part];
        double[] d = rows[row + 3 * part];
        double[] e = rows[row + 4 * part];
        Lanes.sum(b, e, frames);
        Lanes.sum(c, d, frames);
        Lanes.sum(b, c, frames);
        // The cosines of a fifth and of two fifths of a turn are (-1 +- sqrt(5)) / 4.
        Lanes.sumScaled(rows[row], b, -0.25, frames);
        Lanes.scale(c, Math.sqrt(5) / 4, frames);
        Lanes.sum(b, c, frames);
        Lanes.blend(e, d, FIFTH[0], FIFTH[1], frames);
        Lanes.sumTurned(b, e, frames);
        Lanes.sumTurned(c, d, frames);
    }
}
