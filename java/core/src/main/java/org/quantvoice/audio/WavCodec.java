package org.quantvoice.audio;

import java.nio.ByteBuffer;

/**
 * Decodes the blocks of bytes into which a WAV file packs samples. Instances may be shared; they have no state
 * between blocks.
 */
interface WavCodec {
    /** Returns the number of bytes of one block of all channels, 1 or more. */
    int blockBytes();

    /** Returns the number of frames of a complete block, 1 or more. */
    int blockFrames();

    /**
     * Decodes all complete blocks and leaves the rest.
     *
     * @param out receives the interleaved samples from its start on; it must be long enough for all complete blocks
     * @return the number of frames
     */
    int decode(ByteBuffer in, float[] out);

    /** Decodes the frames of an incomplete last block; returns the number of frames, often 0. */
    int decodeRest(ByteBuffer in, float[] out);
}
