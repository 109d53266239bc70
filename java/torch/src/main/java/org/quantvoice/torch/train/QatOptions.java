package org.quantvoice.torch.train;

import java.util.List;
import org.quantvoice.error.CalibrationException;

/**
 * How a model is trained to bear rounding. Immutable.
 *
 * @param modules whose Linear and convolution weights are rounded; a name covers all below it, the empty one all
 * @param bits of a weight, 2 to 8: levels {@code -(2^(bits-1) - 1)} to {@code 2^(bits-1) - 1}
 * @param perChannel one scale an output channel, else one for the tensor
 * @param activations whether inputs of these layers are rounded to 8 bits too
 * @param epochs passes over the recordings; with 0 the model is rounded and judged only
 * @param batch recordings between two changes of the weights
 * @param rate Adam's learning rate at the start; it falls to zero along a cosine
 * @param freezeAfter changes of the weights after which scales and ranges stay what they are; 0: half of all
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

    /** All layers, a scale an output channel, 6 epochs at {@link #usualRate}. */
    public static QatOptions ofBits(int bits) {
        return new QatOptions(List.of(""), bits, true, true, 6, 8, usualRate(bits), 0, 0.2, 1);
    }

    /** Rounding to 2 bits moves a model far, and training has far to go; what less rounding spoils, small steps mend. */
    public static double usualRate(int bits) {
        return bits <= 2 ? 3e-4 : 1e-4;
    }

    private static void check(boolean good, String got, String expected) {
        if (!good) {
            throw new CalibrationException(got + " for training", expected, "change the option");
        }
    }

    /** The largest level of a weight. */
    int top() {
        return (1 << (bits - 1)) - 1;
    }
}
