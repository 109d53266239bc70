package org.quantvoice.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Encodings in which a WAV file stores each sample on its own. Integers are scaled by the full range of their width,
 * so they lie in [-1, 1).
 */
enum WavEncoding {
    U8(1) {
        @Override
        double next(ByteBuffer in) {
            return ((in.get() & 0xff) - 128) / 128.0;
        }
    },
    S16(2) {
        @Override
        double next(ByteBuffer in) {
            return in.getShort() / 32_768.0;
        }
    },
    S24(3) {
        @Override
        double next(ByteBuffer in) {
            int first = in.get();
            int middle = in.get() & 0xff;
            int last = in.get();
            boolean little = in.order() == ByteOrder.LITTLE_ENDIAN;
            int sample = little ? last << 16 | middle << 8 | first & 0xff : first << 16 | middle << 8 | last & 0xff;
            return sample / 8_388_608.0;
        }
    },
    S32(4) {
        @Override
        double next(ByteBuffer in) {
            return in.getInt() / 2_147_483_648.0;
        }
    },
    S64(8) {
        @Override
        double next(ByteBuffer in) {
            return in.getLong() / 0x1p63;
        }
    },
    F32(4) {
        @Override
        double next(ByteBuffer in) {
            return in.getFloat();
        }
    },
    F64(8) {
        @Override
        double next(ByteBuffer in) {
            return in.getDouble();
        }
    },
    ALAW(1) {
        @Override
        double next(ByteBuffer in) {
            return G711.aLaw(in.get()) / 32_768.0;
        }
    },
    MULAW(1) {
        @Override
        double next(ByteBuffer in) {
            return G711.muLaw(in.get()) / 32_768.0;
        }
    };

    private final int bytes;

    WavEncoding(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    /** Returns the sample at the buffer's position, which moves behind it. */
    abstract double next(ByteBuffer in);

    /**
     * Returns the encoding of integers of {@code bytes} bytes. Fewer valid bits are in the upper bits, so that the
     * width of the container is the scale.
     */
    static @Nullable WavEncoding pcm(int bytes) {
        return switch (bytes) {
            case 1 -> U8;
            case 2 -> S16;
            case 3 -> S24;
            case 4 -> S32;
            case 8 -> S64;
            default -> null;
        };
    }

    static @Nullable WavEncoding ieeeFloat(int bytes) {
        return switch (bytes) {
            case 4 -> F32;
            case 8 -> F64;
            default -> null;
        };
    }

    /** Returns a codec of samples in this encoding, with one frame in each block. */
    WavCodec interleaved(int channels) {
        return new WavCodec() {
            @Override
            public int blockBytes() {
                return channels * bytes;
            }

            @Override
            public int blockFrames() {
                return 1;
            }

            @Override
            public int decode(ByteBuffer in, float[] out) {
                int frames = in.remaining() / blockBytes();
                for (int i = 0; i < frames * channels; i++) {
                    out[i] = (float) next(in);
                }
                return frames;
            }

            @Override
            public int decodeRest(ByteBuffer in, float[] out) {
                return 0;
            }
        };
    }
}
