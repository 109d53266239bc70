package org.quantvoice.audio;

/**
 * The claims of the first metadata block of a FLAC stream. They bound and check the frames; no memory is allocated by
 * them.
 *
 * @param maxBlockSize samples of a channel in the longest frame, 16 to 65535
 * @param sampleRate hertz, 1 to 655,350
 * @param channels 1 to 8
 * @param bits of a sample, 4 to 32
 * @param totalSamples of a channel; 0 if the encoder did not know it
 * @param md5 of the interleaved little-endian samples, 16 bytes; all zero if the encoder did not know it
 */
@SuppressWarnings("ArrayRecordComponent")
record FlacStreamInfo(int maxBlockSize, int sampleRate, int channels, int bits, long totalSamples, byte[] md5) {
    static final int LENGTH = 34;
    private static final int MD5_LENGTH = 16;

    static FlacStreamInfo parse(AudioSource source, BitReader in) {
        int minBlockSize = in.bits(16);
        int maxBlockSize = in.bits(16);
        in.unsigned(48); // shortest and longest frame in bytes: a hint for seeking
        int sampleRate = in.bits(20);
        int channels = in.bits(3) + 1;
        int bits = in.bits(5) + 1;
        long totalSamples = in.unsigned(36);
        byte[] md5 = new byte[MD5_LENGTH];
        for (int i = 0; i < MD5_LENGTH; i++) {
            md5[i] = (byte) in.bits(8);
        }
        if (minBlockSize < 16 || maxBlockSize < minBlockSize) {
            throw source.failure(
                    "a FLAC header with blocks of " + minBlockSize + " to " + maxBlockSize + " samples",
                    "16 to 65535 samples",
                    "fetch the file again: its header is damaged");
        }
        if (sampleRate == 0 || bits < 4) {
            throw source.failure(
                    "a FLAC header with " + sampleRate + " Hz and " + bits + " bits",
                    "1 to 655350 Hz and 4 to 32 bits",
                    "fetch the file again: its header is damaged, or it holds no audio");
        }
        return new FlacStreamInfo(maxBlockSize, sampleRate, channels, bits, totalSamples, md5);
    }

    boolean hasMd5() {
        for (byte b : md5) {
            if (b != 0) {
                return true;
            }
        }
        return false;
    }
}
