package org.quantvoice.audio;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Decodes frame after frame into one set of buffers, undoes the stereo coding and updates the MD5 of all samples. */
final class FlacFrame {
    private final BitReader in;
    private final FlacStreamInfo info;
    private final FlacSubframe subframe;
    private final MessageDigest digest = newDigest();
    private long[][] channels = new long[0][];
    private byte[] interleaved = {};
    private int blockSize;
    private long nextNumber = -1;
    private boolean variable;

    FlacFrame(BitReader in, FlacStreamInfo info) {
        this.in = in;
        this.info = info;
        this.subframe = new FlacSubframe(in);
    }

    /** Decodes the next frame and returns its block size. */
    int decode() {
        in.startCrc();
        FlacFrameHeader header = FlacFrameHeader.parse(in, info);
        checkOrder(header);
        reserve(header.blockSize());
        blockSize = header.blockSize();
        for (int c = 0; c < channels.length; c++) {
            subframe.decode(header.bitsOf(c, info.bits()), channels[c], blockSize);
        }
        in.alignToByte();
        int crc = in.crc16();
        if (in.bits(16) != crc) {
            throw in.damaged("a frame with a wrong CRC-16");
        }
        undoStereo(header.assignment());
        if (info.hasMd5()) {
            updateDigest();
        }
        return blockSize;
    }

    /** Writes {@code count} frames of the block from {@code first} on, interleaved and scaled to [-1, 1). */
    void interleave(int first, float[] out, int from, int count) {
        double scale = 1.0 / (1L << (info.bits() - 1)); // a power of two, so that the product is exact
        int at = from;
        for (int i = first; i < first + count; i++) {
            for (long[] channel : channels) {
                out[at++] = (float) (channel[i] * scale);
            }
        }
    }

    byte[] md5() {
        return digest.digest();
    }

    private void checkOrder(FlacFrameHeader header) {
        boolean first = nextNumber < 0; // a recording that was cut out of a longer stream may start at any number
        if (!first && (header.number() != nextNumber || header.variable() != variable)) {
            throw in.damaged("frame number " + header.number() + " in place of " + nextNumber);
        }
        variable = header.variable();
        nextNumber = header.number() + (variable ? header.blockSize() : 1);
    }

    private void reserve(int samples) {
        if (channels.length == 0 || channels[0].length < samples) {
            channels = new long[info.channels()][samples];
            interleaved = new byte[samples * info.channels() * bytesPerSample()];
        }
    }

    private int bytesPerSample() {
        return info.bits() + 7 >> 3;
    }

    private void undoStereo(int assignment) {
        if (assignment < FlacFrameHeader.LEFT_SIDE) {
            return;
        }
        long[] a = channels[0];
        long[] b = channels[1];
        for (int i = 0; i < blockSize; i++) {
            if (assignment == FlacFrameHeader.LEFT_SIDE) {
                b[i] = a[i] - b[i];
            } else if (assignment == FlacFrameHeader.SIDE_RIGHT) {
                a[i] += b[i];
            } else {
                long side = b[i];
                // the bit that the mid channel lost is the lowest bit of the side channel
                long sum = a[i] << 1 | side & 1;
                a[i] = sum + side >> 1;
                b[i] = sum - side >> 1;
            }
        }
        checkWidth(a);
        checkWidth(b);
    }

    private void checkWidth(long[] samples) {
        int unused = Long.SIZE - info.bits();
        for (int i = 0; i < blockSize; i++) {
            if (samples[i] << unused >> unused != samples[i]) {
                throw in.damaged("a stereo sample wider than " + info.bits() + " bits");
            }
        }
    }

    private void updateDigest() {
        int width = bytesPerSample();
        int at = 0;
        for (int i = 0; i < blockSize; i++) {
            for (long[] channel : channels) {
                long sample = channel[i];
                for (int b = 0; b < width; b++) {
                    interleaved[at++] = (byte) (sample >> (8 * b));
                }
            }
        }
        digest.update(interleaved, 0, at);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
