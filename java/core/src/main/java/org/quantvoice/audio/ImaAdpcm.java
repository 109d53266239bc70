package org.quantvoice.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Decodes IMA ADPCM of 4 bits in WAV files (Interactive Multimedia Association, "Recommended Practices for Enhancing
 * Digital Audio Compatibility in Multimedia Systems", 1992): each block starts with the first sample and the index in
 * the table of steps, for each channel; then follow four bytes of each channel in turn, low nibbles first.
 */
final class ImaAdpcm implements WavCodec {
    private static final int[] STEPS = {
        7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97,
        107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796,
        876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871,
        5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623,
        27086, 29794, 32767
    };
    private static final int[] MOVES = {-1, -1, -1, -1, 2, 4, 6, 8};
    private static final int HEADER = 4;
    private static final int GROUP = 4;

    private final int channels;
    private final int blockBytes;

    private ImaAdpcm(int channels, int blockBytes) {
        this.channels = channels;
        this.blockBytes = blockBytes;
    }

    /** Returns the codec; null if blocks of that size cannot hold the headers and whole groups of all channels. */
    static @Nullable WavCodec of(int channels, int blockBytes) {
        boolean whole = blockBytes >= HEADER * channels && blockBytes % (GROUP * channels) == 0;
        return whole ? new ImaAdpcm(channels, blockBytes) : null;
    }

    @Override
    public int blockBytes() {
        return blockBytes;
    }

    @Override
    public int blockFrames() {
        return frames(blockBytes);
    }

    private int frames(int bytes) {
        return bytes < HEADER * channels ? 0 : 1 + (bytes / channels - HEADER) / GROUP * 2 * GROUP;
    }

    @Override
    public int decode(ByteBuffer in, float[] out) {
        int frames = 0;
        while (in.remaining() >= blockBytes) {
            frames += block(in, blockFrames(), out, frames);
        }
        return frames;
    }

    @Override
    public int decodeRest(ByteBuffer in, float[] out) {
        int whole = in.remaining() / (GROUP * channels) * GROUP * channels;
        return whole == 0 ? 0 : block(in, frames(whole), out, 0);
    }

    private int block(ByteBuffer in, int frames, float[] out, int first) {
        int start = in.position();
        ByteBuffer bytes = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int c = 0; c < channels; c++) {
            int sample = bytes.getShort(start + HEADER * c);
            int place = Math.min(bytes.get(start + HEADER * c + 2) & 0xff, STEPS.length - 1);
            out[first * channels + c] = sample / 32_768f;
            for (int i = 0; i < frames - 1; i++) {
                int at = start + HEADER * channels + i / 8 * GROUP * channels + GROUP * c + i % 8 / 2;
                int nibble = bytes.get(at) >> 4 * (i & 1) & 15;
                sample = clamp(sample + difference(STEPS[place], nibble));
                place = Math.max(0, Math.min(STEPS.length - 1, place + MOVES[nibble & 7]));
                out[(first + 1 + i) * channels + c] = sample / 32_768f;
            }
        }
        in.position(start + HEADER * channels + (frames - 1) / 2 * channels);
        return frames;
    }

    /**
     * Returns the difference: the step times (nibble + 1/2) / 4, with each part rounded down by itself, as the
     * recommendation specifies.
     */
    private static int difference(int step, int nibble) {
        int size = step >> 3;
        size += (nibble & 4) == 0 ? 0 : step;
        size += (nibble & 2) == 0 ? 0 : step >> 1;
        size += (nibble & 1) == 0 ? 0 : step >> 2;
        return (nibble & 8) == 0 ? size : -size;
    }

    private static int clamp(int sample) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
    }
}
