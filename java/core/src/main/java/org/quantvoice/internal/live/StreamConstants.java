package org.quantvoice.internal.live;

/**
 * Constants of a streaming model.
 *
 * @param melBins width of a feature frame
 * @param subsampling feature frames (10 ms) of one encoder frame
 * @param rightContext feature frames that an encoder frame needs behind its first one
 * @param sos token that begins a sentence of the attention decoder
 * @param eos token that ends it
 * @param bidirectional whether there is a right-to-left decoder
 */
public record StreamConstants(int melBins, int subsampling, int rightContext, int sos, int eos, boolean bidirectional) {

    /** Returns the number of feature frames in the window of {@code chunkFrames} encoder frames. */
    long window(int chunkFrames) {
        return (chunkFrames - 1L) * subsampling + rightContext + 1;
    }
}
