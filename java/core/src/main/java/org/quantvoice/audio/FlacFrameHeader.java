package org.quantvoice.audio;

/**
 * The header of one FLAC frame (RFC 9639, section 9.1), already checked against the stream's.
 *
 * @param blockSize samples of each channel, 1 to 65535
 * @param assignment 0 to 7 for 1 to 8 independent channels; 8 for left and side, 9 for side and right, 10 for mid and
 *     side
 * @param variable whether {@code number} counts samples; else it counts frames
 * @param number position of the frame in the stream
 */
record FlacFrameHeader(int blockSize, int assignment, boolean variable, long number) {
    /** Length of the longest header in bytes. */
    static final int MAX_LENGTH = 16;

    static final int LEFT_SIDE = 8;
    static final int SIDE_RIGHT = 9;
    static final int MID_SIDE = 10;

    static final int SYNC = 0x3ffe;
    private static final int[] SAMPLE_RATES = {
        0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000
    };
    private static final int[] SAMPLE_BITS = {0, 8, 12, -1, 16, 20, 24, 32};

    static FlacFrameHeader parse(BitReader in, FlacStreamInfo info) {
        if (in.bits(14) != SYNC || in.bits(1) != 0) {
            throw in.damaged("no frame");
        }
        boolean variable = in.bits(1) == 1;
        int blockCode = in.bits(4);
        int rateCode = in.bits(4);
        int assignment = in.bits(4);
        int bitsCode = in.bits(3);
        int reserved = in.bits(1);
        long number = codedNumber(in);
        int blockSize = blockSize(in, blockCode);
        int sampleRate = sampleRate(in, rateCode, info);
        int crc = in.crc8();
        if (in.bits(8) != crc) {
            throw in.damaged("a frame header with a wrong CRC-8");
        }
        int bits = bitsCode == 0 ? info.bits() : SAMPLE_BITS[bitsCode];
        int channels = assignment < LEFT_SIDE ? assignment + 1 : 2;
        if (reserved != 0 || assignment > MID_SIDE || blockSize > info.maxBlockSize()) {
            throw in.damaged("a frame of " + blockSize + " samples with channel code " + assignment);
        }
        if (sampleRate != info.sampleRate() || bits != info.bits() || channels != info.channels()) {
            throw in.damaged(String.format(
                    "a frame of %d Hz, %d bits and %d channels in a stream of %d Hz, %d bits and %d channels",
                    sampleRate, bits, channels, info.sampleRate(), info.bits(), info.channels()));
        }
        return new FlacFrameHeader(blockSize, assignment, variable, number);
    }

    /** Reads a number of up to 36 bits in the scheme of UTF-8, extended to seven bytes. */
    private static long codedNumber(BitReader in) {
        int first = in.bits(8);
        int length = Integer.numberOfLeadingZeros(~(first << 24));
        if (length == 0) {
            return first;
        }
        if (length == 1 || length == 8) {
            throw in.damaged("a frame number that starts with byte " + first);
        }
        long number = first & (0x7f >> length);
        for (int i = 1; i < length; i++) {
            int next = in.bits(8);
            if (next >> 6 != 0b10) {
                throw in.damaged("a frame number with byte " + next);
            }
            number = number << 6 | next & 0x3f;
        }
        return number;
    }

    private static int blockSize(BitReader in, int code) {
        return switch (code) {
            case 0 -> throw in.damaged("the reserved block size 0");
            case 1 -> 192;
            case 2, 3, 4, 5 -> 144 << code;
            case 6 -> in.bits(8) + 1;
            case 7 -> in.bits(16) + 1;
            default -> 1 << code;
        };
    }

    private static int sampleRate(BitReader in, int code, FlacStreamInfo info) {
        return switch (code) {
            case 0 -> info.sampleRate();
            case 12 -> in.bits(8) * 1_000;
            case 13 -> in.bits(16);
            case 14 -> in.bits(16) * 10;
            case 15 -> throw in.damaged("the forbidden sample rate code 15");
            default -> SAMPLE_RATES[code];
        };
    }

    /** Returns the number of bits of a sample of the given channel: a difference of two channels needs one more. */
    int bitsOf(int channel, int bits) {
        boolean side = assignment == SIDE_RIGHT ? channel == 0 : assignment >= LEFT_SIDE && channel == 1;
        return side ? bits + 1 : bits;
    }
}
