package org.quantvoice.internal.huggingface;

/**
 * A convolution over time.
 *
 * @param in input channels
 * @param out output channels
 * @param kernel number of frames that an output depends on
 * @param stride number of frames between two outputs
 * @param padding zeros at each end
 * @param groups number of groups of channels
 * @param bias whether it has one
 */
record Convolution(int in, int out, int kernel, int stride, int padding, int groups, boolean bias) {

    Convolution {
        if (in % groups != 0 || out % groups != 0) {
            throw new org.quantvoice.error.ModelFormatException(
                    "a convolution of " + in + " to " + out + " channels in " + groups + " groups",
                    "a number of groups that divides the channels",
                    "correct config.json");
        }
    }

    /** Returns a convolution of one frame, which is a linear layer. */
    static Convolution pointwise(int in, int out, boolean bias) {
        return new Convolution(in, out, 1, 1, 0, 1, bias);
    }

    long[] weightShape() {
        return new long[] {out, in / groups, kernel};
    }
}
