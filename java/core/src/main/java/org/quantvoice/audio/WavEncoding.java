package org.quantvoice.audio;

import org.jspecify.annotations.Nullable;

/** How a WAV file stores one sample. Integers are scaled by the full range of their width, so they lie in [-1, 1). */
enum WavEncoding {
    U8(1) {
        @Override
        double sample(AudioBytes in, int offset) {
            return (in.u8(offset) - 128) / 128.0;
        }
    },
    S16(2) {
        @Override
        double sample(AudioBytes in, int offset) {
            return (short) in.u16(offset) / 32_768.0;
        }
    },
    S24(3) {
        @Override
        double sample(AudioBytes in, int offset) {
            return in.i24(offset) / 8_388_608.0;
        }
    },
    S32(4) {
        @Override
        double sample(AudioBytes in, int offset) {
            return in.i32(offset) / 2_147_483_648.0;
        }
    },
    F32(4) {
        @Override
        double sample(AudioBytes in, int offset) {
            return Float.intBitsToFloat(in.i32(offset));
        }
    },
    F64(8) {
        @Override
        double sample(AudioBytes in, int offset) {
            return Double.longBitsToDouble(in.i64(offset));
        }
    };

    private final int bytes;

    WavEncoding(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    abstract double sample(AudioBytes in, int offset);

    static @Nullable WavEncoding pcm(int bits) {
        return switch (bits) {
            case 8 -> U8;
            case 16 -> S16;
            case 24 -> S24;
            case 32 -> S32;
            default -> null;
        };
    }

    static @Nullable WavEncoding ieeeFloat(int bits) {
        return switch (bits) {
            case 32 -> F32;
            case 64 -> F64;
            default -> null;
        };
    }
}
