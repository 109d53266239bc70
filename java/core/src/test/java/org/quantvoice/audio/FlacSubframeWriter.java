package org.quantvoice.audio;

import java.util.Arrays;
import java.util.Random;

/** Writes one channel of one frame; a test may force the kind of subframe, its order and the coding of its residual. */
final class FlacSubframeWriter {
    enum Kind {
        CONSTANT,
        VERBATIM,
        FIXED,
        LPC
    }

    private static final long[][] FIXED = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};

    private final Random random;
    /** Forced choices; null or negative: the seed's. */
    Kind kind;

    int order = -1;
    int method = -1;
    int partitionOrder = -1;
    /** 0: never escape, 1: always, negative: sometimes. */
    int escape = -1;

    FlacSubframeWriter(Random random) {
        this.random = random;
    }

    void write(BitWriter out, long[] block, int bits) {
        long used = 0;
        for (long sample : block) {
            used |= sample;
        }
        int wasted = used == 0 || random.nextInt(4) == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(used), bits - 1);
        long[] samples = Arrays.stream(block).map(s -> s >> wasted).toArray();
        Kind chosen = kind != null ? kind : Kind.values()[1 + random.nextInt(3)];
        if (kind == null && Arrays.stream(samples).allMatch(s -> s == samples[0])) {
            chosen = Kind.CONSTANT;
        }
        int maxOrder = Math.min(chosen == Kind.FIXED ? 4 : 32, samples.length);
        int minOrder = chosen == Kind.FIXED ? 0 : 1;
        int p = order >= 0 ? Math.min(order, maxOrder) : minOrder + random.nextInt(maxOrder - minOrder + 1);
        while (chosen == Kind.FIXED && !fits(residuals(samples, FIXED[p], 0)) && p > 0) {
            p--;
        }
        if ((chosen == Kind.FIXED || chosen == Kind.LPC) && !fits(samples)) {
            chosen = Kind.VERBATIM; // the difference of two 32-bit channels has no residual of 32 bits
        }
        out.put(0, 1);
        out.put(
                switch (chosen) {
                    case CONSTANT -> 0;
                    case VERBATIM -> 1;
                    case FIXED -> 8 + p;
                    case LPC -> 31 + p;
                },
                6);
        out.put(wasted > 0 ? 1 : 0, 1);
        if (wasted > 0) {
            out.unary(wasted - 1);
        }
        body(out, chosen, p, samples, bits - wasted);
    }

    private void body(BitWriter out, Kind chosen, int p, long[] samples, int depth) {
        int plain = chosen == Kind.CONSTANT ? 1 : chosen == Kind.VERBATIM ? samples.length : p;
        for (int i = 0; i < plain; i++) {
            out.put(samples[i], depth);
        }
        if (chosen == Kind.FIXED) {
            residual(out, p, residuals(samples, FIXED[p], 0));
        } else if (chosen == Kind.LPC) {
            linear(out, p, samples);
        }
    }

    /** Random coefficients, shrunk until every residual fits into 32 bits. */
    private void linear(BitWriter out, int p, long[] samples) {
        int precision = 1 + random.nextInt(15);
        int shift = random.nextInt(16);
        long[] taps = new long[p];
        for (int j = 0; j < p; j++) {
            taps[j] = random.nextInt(1 << precision) - (1 << (precision - 1));
        }
        long[] residuals = residuals(samples, taps, shift);
        while (!fits(residuals)) {
            taps = Arrays.stream(taps).map(t -> t / 2).toArray();
            residuals = residuals(samples, taps, shift);
        }
        out.put(precision - 1, 4).put(shift, 5);
        for (long tap : taps) {
            out.put(tap, precision);
        }
        residual(out, p, residuals);
    }

    private static boolean fits(long[] residuals) {
        return Arrays.stream(residuals).allMatch(r -> r == (int) r && r != Integer.MIN_VALUE);
    }

    private static long[] residuals(long[] samples, long[] taps, int shift) {
        long[] residuals = new long[samples.length];
        for (int i = taps.length; i < samples.length; i++) {
            long sum = 0;
            for (int j = 0; j < taps.length; j++) {
                sum += taps[j] * samples[i - 1 - j];
            }
            residuals[i] = samples[i] - (sum >> shift);
        }
        return residuals;
    }

    private void residual(BitWriter out, int p, long[] residuals) {
        int n = residuals.length;
        int most = 0;
        while (most < 8 && n % (2 << most) == 0 && n >> (most + 1) >= p) {
            most++;
        }
        int partitions = partitionOrder >= 0 ? Math.min(partitionOrder, most) : random.nextInt(most + 1);
        long largest = Arrays.stream(residuals).map(Math::abs).max().orElse(0);
        int coding = largest >= 1 << 20 ? 1 : method >= 0 ? method : random.nextInt(2);
        out.put(coding, 2).put(partitions, 4);
        int length = n >> partitions;
        for (int from = 0; from < n; from += length) {
            partition(out, coding, Arrays.copyOfRange(residuals, Math.max(from, p), from + length));
        }
    }

    private void partition(BitWriter out, int coding, long[] residuals) {
        int width = 0;
        double mean = 0;
        for (long r : residuals) {
            width = r == 0 ? width : Math.max(width, 65 - Long.numberOfLeadingZeros(r < 0 ? ~r : r));
            mean += Math.abs((double) r) / residuals.length;
        }
        boolean plain = escape >= 0 ? escape == 1 : random.nextInt(4) == 0;
        if (plain && width < 32) {
            out.put(-1, 4 + coding).put(width, 5);
            for (long r : residuals) {
                out.put(r, width);
            }
            return;
        }
        int best = 64 - Long.numberOfLeadingZeros((long) mean);
        int parameter = Math.max(0, Math.min(coding == 0 ? 14 : 30, best - 2 + random.nextInt(5)));
        out.put(parameter, 4 + coding);
        for (long r : residuals) {
            long folded = r >= 0 ? 2 * r : -2 * r - 1;
            out.unary(folded >> parameter);
            out.put(folded, parameter);
        }
    }
}
