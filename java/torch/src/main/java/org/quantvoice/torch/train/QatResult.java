package org.quantvoice.torch.train;

import java.util.List;
import org.quantvoice.quant.ActivationRanges;

/**
 * The result of a training.
 *
 * @param epochs the epochs that were judged, the first of which (0) is the rounded model itself; empty if even that was
 *     interrupted
 * @param best number of the epoch whose weights were kept: that with the least held-out loss of those that are clearly better
 *     than the rounded model, else 0
 * @param end why training ended
 * @param layers layers whose weights are rounded
 * @param ranges of these layers' inputs, as training rounded them, for the builder's {@code ranges}; empty if training
 *     did not round inputs
 */
public record QatResult(List<Epoch> epochs, int best, End end, List<Layer> layers, ActivationRanges ranges) {

    public QatResult {
        epochs = List.copyOf(epochs);
        layers = List.copyOf(layers);
    }

    /**
     * A layer whose weights are rounded.
     *
     * @param path dotted path in the model
     * @param type e.g. {@code Conv1d}
     * @param weights how many it has
     */
    public record Layer(String path, String type, long weights) {}

    /** Why training ended. */
    public enum End {
        DONE,
        /** The loss was not finite, or grew to several times that of the start. */
        DIVERGED,
        /** The caller asked training to stop. */
        INTERRUPTED
    }

    /**
     * One pass over the recordings.
     *
     * @param number from 1; 0 is the model before training, rounded
     * @param trainLoss mean CTC loss per token while training; NaN for number 0
     * @param heldOutLoss mean CTC loss per token of the held-out recordings, with the weights at the end of the epoch
     * @param heldOutErrors wrong tokens of the best path of the held-out recordings, in percent of their tokens
     */
    public record Epoch(int number, double trainLoss, double heldOutLoss, double heldOutErrors) {}
}
