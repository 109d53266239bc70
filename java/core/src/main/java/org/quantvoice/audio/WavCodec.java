package org.quantvoice.audio;

import java.nio.ByteBuffer;

/** How a WAV file packs samples into blocks of bytes. Instances may be shared; they have no state between blocks. */
interface WavCodec {
    /** Bytes of one block of all channels; 1 or more. */
    int blockBytes();

    /** Frames that a whole block holds; 1 or more. */
    int blockFrames();

    /**
     * Decodes whole blocks, as many as are there, and leaves the rest.
     *
     * @param out gets the interleaved samples from its start on; long enough for all whole blocks
     * @return the number of frames
     */
    int decode(ByteBuffer in, float[] out);

    /** Decodes what there is of the last block, in which bytes are missing; returns the number of frames, often 0. */
    int decodeRest(ByteBuffer in, float[] out);
}
