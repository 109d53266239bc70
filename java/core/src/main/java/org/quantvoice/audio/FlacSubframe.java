package org.quantvoice.audio;

import java.util.Arrays;

/**
 * Decodes one channel of one frame (RFC 9639, section 9.2): constant, verbatim, fixed or linear prediction. Sums stay
 * within 64 bits: 32 products of a 15-bit coefficient and a sample of at most 33 bits.
 */
final class FlacSubframe {
    private static final int MAX_LPC_ORDER = 32;
    private static final long[][] FIXED = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};

    private final BitReader in;
    private final long[] coefficients = new long[MAX_LPC_ORDER];

    FlacSubframe(BitReader in) {
        this.in = in;
    }

    /** Fills {@code out[0, n)} with samples of {@code bits} bits, 4 to 33. */
    void decode(int bits, long[] out, int n) {
        if (in.bits(1) != 0) {
            throw in.damaged("a subframe that does not start with a 0 bit");
        }
        int type = in.bits(6);
        int wasted = in.bits(1) == 0 ? 0 : (int) Math.min(in.unary() + 1, bits);
        int depth = bits - wasted;
        if (depth < 1) {
            throw in.damaged("a subframe without a used bit");
        }
        if (type == 0) {
            Arrays.fill(out, 0, n, in.signed(depth));
        } else if (type == 1) {
            readSamples(depth, out, n);
        } else if (type >= 8 && type <= 12) {
            fixed(type - 8, depth, out, n);
        } else if (type >= 32) {
            linear(type - 31, depth, out, n);
        } else {
            throw in.damaged("the reserved subframe type " + type);
        }
        for (int i = 0; wasted > 0 && i < n; i++) {
            out[i] <<= wasted;
        }
    }

    private void readSamples(int depth, long[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = in.signed(depth);
        }
    }

    private void fixed(int order, int depth, long[] out, int n) {
        readWarmUp(order, depth, out, n);
        FlacResidual.read(in, order, out, n);
        predict(FIXED[order], order, 0, depth, out, n);
    }

    private void linear(int order, int depth, long[] out, int n) {
        readWarmUp(order, depth, out, n);
        int precision = in.bits(4) + 1;
        int shift = (int) in.signed(5);
        if (precision == 16 || shift < 0) {
            throw in.damaged("a predictor of " + precision + " bits with shift " + shift);
        }
        for (int j = 0; j < order; j++) {
            coefficients[j] = in.signed(precision);
        }
        FlacResidual.read(in, order, out, n);
        predict(coefficients, order, shift, depth, out, n);
    }

    private void readWarmUp(int order, int depth, long[] out, int n) {
        if (order > n) {
            throw in.damaged("a predictor of order " + order + " in a block of " + n + " samples");
        }
        readSamples(depth, out, order);
    }

    /** Turns residuals into samples in place. */
    private void predict(long[] taps, int order, int shift, int depth, long[] out, int n) {
        int unused = Long.SIZE - depth;
        for (int i = order; i < n; i++) {
            long sum = 0;
            for (int j = 0; j < order; j++) {
                sum += taps[j] * out[i - 1 - j];
            }
            long sample = out[i] + (sum >> shift);
            if (sample << unused >> unused != sample) {
                throw in.damaged("a predicted sample wider than " + depth + " bits");
            }
            out[i] = sample;
        }
    }
}
