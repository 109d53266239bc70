package org.quantvoice.audio;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A FLAC encoder that aims at variety, not at size: what a test does not force, the seed chooses. It is the oracle of the
 * decoder, so it shares no code with it.
 */
final class FlacWriter {
    private static final int[] RATES = {
        0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000
    };
    private static final int[] BITS = {0, 8, 12, -1, 16, 20, 24, 32};

    final int rate;
    final int bits;
    final Random random;
    /** Forced choices; negative: the seed's. */
    int assignment = -1;

    int blockSize = -1;
    boolean variable;
    boolean knownTotal = true;
    boolean withMd5 = true;
    long firstNumber;
    final FlacSubframeWriter subframe;
    /** Byte offsets of the frames of the last file. */
    final List<Integer> frameStarts = new ArrayList<>();

    FlacWriter(int rate, int bits, long seed) {
        this.rate = rate;
        this.bits = bits;
        this.random = new Random(seed);
        this.subframe = new FlacSubframeWriter(random);
    }

    /** A whole file of {@code channels[c][i]}. */
    byte[] write(long[][] channels) {
        int total = channels[0].length;
        int fixed = blockSize > 0 ? blockSize : 16 + random.nextInt(500);
        BitWriter out = new BitWriter();
        out.bytes(new byte[] {'f', 'L', 'a', 'C'});
        boolean padding = random.nextBoolean();
        out.put(padding ? 0 : 1, 1).put(0, 7).put(34, 24);
        out.put(16, 16).put(Math.max(fixed, 16), 16).put(0, 24).put(0, 24);
        out.put(rate, 20).put(channels.length - 1, 3).put(bits - 1, 5).put(knownTotal ? total : 0, 36);
        out.bytes(withMd5 ? md5(channels) : new byte[16]);
        if (padding) {
            out.put(1, 1).put(1, 7).put(7, 24).put(0, 56);
        }
        long number = firstNumber;
        frameStarts.clear();
        for (int from = 0; from < total; ) {
            int size = Math.min(total - from, variable ? 1 + random.nextInt(fixed) : fixed);
            frameStarts.add(out.toByteArray().length);
            out.bytes(frame(channels, from, size, number));
            number += variable ? size : 1;
            from += size;
        }
        return out.toByteArray();
    }

    private byte[] frame(long[][] channels, int from, int size, long number) {
        BitWriter out = new BitWriter();
        int stereo = channels.length != 2 ? channels.length - 1 : assignment >= 0 ? assignment : stereoChoice();
        out.put(0x3ffe, 14).put(0, 1).put(variable ? 1 : 0, 1);
        int sizeCode = sizeCode(size);
        int rateCode = rateCode();
        out.put(sizeCode, 4).put(rateCode, 4).put(stereo, 4).put(bitsCode(), 3).put(0, 1);
        codedNumber(out, number);
        if (sizeCode == 6 || sizeCode == 7) {
            out.put(size - 1, sizeCode == 6 ? 8 : 16);
        }
        if (rateCode >= 12) {
            out.put(rateCode == 12 ? rate / 1000 : rateCode == 13 ? rate : rate / 10, rateCode == 12 ? 8 : 16);
        }
        out.put(crc(out.toByteArray(), 0x07, 8), 8);
        for (int c = 0; c < channels.length; c++) {
            long[] block = new long[size];
            for (int i = 0; i < size; i++) {
                block[i] = coded(channels, stereo, c, from + i);
            }
            boolean side = stereo == 9 && c == 0 || (stereo == 8 || stereo == 10) && c == 1;
            subframe.write(out, block, side ? bits + 1 : bits);
        }
        out.alignToByte();
        return out.put(crc(out.toByteArray(), 0x8005, 16), 16).toByteArray();
    }

    private static long coded(long[][] channels, int stereo, int c, int i) {
        if (stereo < 8) {
            return channels[c][i];
        }
        long left = channels[0][i];
        long right = channels[1][i];
        return switch (stereo * 2 + c) {
            case 16 -> left;
            case 17, 18, 21 -> left - right;
            case 19 -> right;
            default -> left + right >> 1;
        };
    }

    private int stereoChoice() {
        return new int[] {1, 8, 9, 10}[random.nextInt(4)];
    }

    private int sizeCode(int size) {
        if (random.nextInt(4) > 0) {
            for (int code = 1; code < 16; code++) {
                int known = code == 1 ? 192 : code < 6 ? 144 << code : code < 8 ? -1 : 1 << code;
                if (known == size) {
                    return code;
                }
            }
        }
        return size <= 256 && random.nextBoolean() ? 6 : 7;
    }

    private int rateCode() {
        int[] fitting = random.ints(8, 0, 15)
                .filter(code -> code == 0
                        || code < 12 && RATES[code] == rate
                        || code == 12 && rate % 1000 == 0 && rate / 1000 < 256
                        || code == 13 && rate < 65_536
                        || code == 14 && rate % 10 == 0)
                .toArray();
        return fitting.length == 0 ? 0 : fitting[0];
    }

    private int bitsCode() {
        for (int code = 1; code < 8; code++) {
            if (BITS[code] == bits && random.nextBoolean()) {
                return code;
            }
        }
        return 0;
    }

    /** As many bytes as the number needs, written from the definition: 1, 2, ... 7 bytes hold 7, 11, ... 36 bits. */
    private static void codedNumber(BitWriter out, long number) {
        if (number < 0x80) {
            out.put(number, 8);
            return;
        }
        int more = 1;
        while (number >= 1L << (6 * more + 6 - more)) {
            more++;
        }
        out.put((1 << (more + 1)) - 1, more + 1).put(0, 1);
        out.put(number >> (6 * more), 6 - more);
        for (int i = more - 1; i >= 0; i--) {
            out.put(0b10, 2).put(number >> (6 * i), 6);
        }
    }

    static int crc(byte[] bytes, int polynomial, int width) {
        int crc = 0;
        for (byte b : bytes) {
            for (int bit = 7; bit >= 0; bit--) {
                int top = crc >> (width - 1) & 1;
                crc = crc << 1 & (1 << width) - 1;
                if ((top ^ b >> bit & 1) != 0) {
                    crc ^= polynomial;
                }
            }
        }
        return crc;
    }

    private byte[] md5(long[][] channels) {
        BitWriter out = new BitWriter();
        for (int i = 0; i < channels[0].length; i++) {
            for (long[] channel : channels) {
                for (int b = 0; b < (bits + 7) / 8; b++) {
                    out.put(channel[i] >> (8 * b), 8);
                }
            }
        }
        try {
            return MessageDigest.getInstance("MD5").digest(out.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
