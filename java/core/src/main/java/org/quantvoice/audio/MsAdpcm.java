package org.quantvoice.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Decodes Microsoft ADPCM of 4 bits ("New Multimedia Data Types and Data Techniques", 1994): each block starts with
 * the predictor, the step and two samples of each channel; then follow nibbles of the channels in turn, high nibbles
 * first.
 */
final class MsAdpcm implements WavCodec {
    private static final int[] ADAPTATION = {
        230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230
    };
    private static final int[][] USUAL_PREDICTORS = {
        {256, 0}, {512, -256}, {0, 0}, {192, 64}, {240, 0}, {460, -208}, {392, -232}
    };
    private static final int HEADER = 7;
    private static final int MIN_STEP = 16;
    /** Largest step, which only a damaged file reaches; beyond it the arithmetic would overflow. */
    private static final int MAX_STEP = Integer.MAX_VALUE / 768;

    private final int channels;
    private final int blockBytes;
    private final int[][] predictors;

    private MsAdpcm(int channels, int blockBytes, int[][] predictors) {
        this.channels = channels;
        this.blockBytes = blockBytes;
        this.predictors = predictors;
    }

    /**
     * Returns the codec; null if blocks of that size cannot hold the headers, or the format chunk's predictors are
     * cut off.
     *
     * @param chunk the format chunk, which may have predictors at its end
     */
    static @Nullable WavCodec of(int channels, int blockBytes, ByteBuffer chunk) {
        int[][] predictors = predictors(chunk);
        boolean whole = channels <= 2 && blockBytes >= HEADER * channels;
        return whole && predictors != null ? new MsAdpcm(channels, blockBytes, predictors) : null;
    }

    private static int @Nullable [][] predictors(ByteBuffer chunk) {
        if (chunk.limit() < 22) {
            return USUAL_PREDICTORS;
        }
        int count = chunk.getShort(20) & 0xffff;
        if (count == 0 || chunk.limit() < 22 + 4 * count) {
            return null;
        }
        int[][] predictors = new int[count][];
        for (int i = 0; i < count; i++) {
            predictors[i] = new int[] {chunk.getShort(22 + 4 * i), chunk.getShort(24 + 4 * i)};
        }
        return predictors;
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
        return bytes < HEADER * channels ? 0 : 2 + (bytes - HEADER * channels) * 2 / channels;
    }

    @Override
    public int decode(ByteBuffer in, float[] out) {
        int frames = 0;
        while (in.remaining() >= blockBytes) {
            frames += block(in, blockFrames(), out, frames);
            in.position(in.position() + blockBytes);
        }
        return frames;
    }

    @Override
    public int decodeRest(ByteBuffer in, float[] out) {
        int frames = frames(in.remaining());
        return frames == 0 ? 0 : block(in, frames, out, 0);
    }

    private int block(ByteBuffer in, int frames, float[] out, int first) {
        ByteBuffer header = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int c = 0; c < channels; c++) {
            int[] predictor = predictors[Math.min(header.get(in.position() + c) & 0xff, predictors.length - 1)];
            int at = in.position() + channels + 2 * c;
            int step = header.getShort(at);
            int last = header.getShort(at + 2 * channels);
            int beforeLast = header.getShort(at + 4 * channels);
            out[first * channels + c] = beforeLast / 32_768f;
            out[(first + 1) * channels + c] = last / 32_768f;
            for (int i = 2; i < frames; i++) {
                int place = (i - 2) * channels + c;
                int nibble = header.get(in.position() + HEADER * channels + place / 2) >> 4 * (1 - place % 2) & 15;
                int predicted = last * predictor[0] + beforeLast * predictor[1] >> 8;
                beforeLast = last;
                last = clamp(predicted + (nibble << 28 >> 28) * step);
                step = Math.max(MIN_STEP, Math.min(MAX_STEP, ADAPTATION[nibble] * step >> 8));
                out[(first + i) * channels + c] = last / 32_768f;
            }
        }
        return frames;
    }

    private static int clamp(int sample) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
    }
}
