package org.quantvoice.internal.live;

/**
 * What a streaming model says of itself.
 *
 * @param melBins width of a feature frame
 * @param subsampling feature frames (10 ms) of one encoder frame
 * @param rightContext feature frames behind its first one that an encoder frame needs
 * @param sos token that begins a sentence of the attention decoder
 * @param eos token that ends it
 * @param bidirectional whether there is a right-to-left decoder
 */
public record StreamConstants(int melBins, int subsampling, int rightContext, int sos, int eos, boolean bidirectional) {

    /** Feature frames of the window that gives {@code chunkFrames} encoder frames. */
    long window(int chunkFrames) {
        return (chunkFrames - 1L) * subsampling + rightContext + 1;
    }
}
