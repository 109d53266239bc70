package org.quantvoice.torch.train;

import java.util.List;
import org.quantvoice.error.QuantizationException;

/**
 * The settings by which a model is trained to keep its accuracy when it is rounded. Immutable.
 *
 * @param modules whose Linear and convolution weights are rounded; a name covers all layers below it, the empty name
 *     all layers
 * @param bits of a weight, 2 to 8: levels {@code -(2^(bits-1) - 1)} to {@code 2^(bits-1) - 1}
 * @param perChannel whether weights have a scale per output channel, else one for the tensor
 * @param activations whether inputs of these layers are rounded to 8 bits too
 * @param epochs passes over the recordings; with 0 the model is only rounded and judged
 * @param batch recordings between two changes of the weights
 * @param rate Adam's learning rate at the start; it falls to zero along a cosine
 * @param freezeAfter changes of the weights after which scales and ranges stay fixed; 0 means half of all changes
 * @param heldOut share of the recordings that judges the epochs and trains nothing, 0 to 0.5; with 0 the training loss judges
 * @param seed of the order of the recordings
 */
public record QatOptions(
        List<String> modules,
        int bits,
        boolean perChannel,
        boolean activations,
        int epochs,
        int batch,
        double rate,
        int freezeAfter,
        double heldOut,
        long seed) {

    public QatOptions {
        modules = List.copyOf(modules);
        check(bits >= 2 && bits <= 8, bits + " bits", "2 to 8");
        check(epochs >= 0, epochs + " epochs", "0 or more");
        check(batch >= 1, "batches of " + batch, "at least 1");
        check(rate > 0 && rate < 1, "learning rate " + rate, "above 0, below 1");
        check(freezeAfter >= 0, "ranges frozen after " + freezeAfter + " steps", "0 (half of them) or more");
        check(heldOut >= 0 && heldOut <= 0.5, "a held-out share of " + heldOut, "0 to 0.5");
    }

    /** Returns the usual settings: all layers, a scale per output channel, 6 epochs at {@link #usualRate}. */
    public static QatOptions ofBits(int bits) {
        return new QatOptions(List.of(""), bits, true, true, 6, 8, usualRate(bits), 0, 0.2, 1);
    }

    /**
     * Returns the usual learning rate. Rounding to 2 bits changes a model much, so it needs larger steps; after finer
     * rounding small steps suffice.
     */
    public static double usualRate(int bits) {
        return bits <= 2 ? 3e-4 : 1e-4;
    }

    private static void check(boolean good, String got, String expected) {
        if (!good) {
            throw new QuantizationException(got + " for training", expected, "change the option");
        }
    }

    /** Returns the largest level of a weight. */
    int top() {
        return (1 << (bits - 1)) - 1;
    }
}
