package org.quantvoice.internal.recipe;

import java.util.Locale;
import org.quantvoice.error.QuantizationException;

/**
 * A budget in bits of a weight, as the average over all weights of the layers that are tuned; scales, biases, norms
 * and headers do not count.
 *
 * @param bits above 0; a model can reach 2 (3 with powers of two) to 32
 */
public record AverageBits(double bits) implements Budget {

    public AverageBits {
        if (!(bits > 0) || Double.isInfinite(bits)) {
            throw new QuantizationException(
                    "an average of " + bits + " bits a weight", "2 to 32", "pass a number such as 5 or 4.5");
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, bits == Math.rint(bits) ? "%.0f" : "%s", bits) + " bits a weight on average";
    }
}
