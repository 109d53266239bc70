package org.quantvoice.audio;

import java.util.Arrays;

/**
 * Decodes a FLAC file: metadata, frames, the average of the channels, and the checks of the whole (sample count, MD5).
 * A file that is a little damaged is refused, not patched.
 */
final class FlacReader {
    static final String MAGIC = "fLaC";

    /**
     * Silence packs well: a subset stream (RFC 9639, section 7) reaches about 400 samples a byte. What claims more is
     * made to fill memory.
     */
    private static final long MAX_SAMPLES_PER_BYTE = 512;

    private final AudioBytes source;
    private final BitReader in;

    private FlacReader(AudioBytes source, int start) {
        this.source = source;
        this.in = new BitReader(source, start);
    }

    /**
     * @param start where the magic word stands, behind an ID3 tag if any
     */
    static Audio read(AudioBytes source, int start) {
        FlacReader reader = new FlacReader(source, start + MAGIC.length());
        FlacStreamInfo info = reader.readMetadata();
        return source.audio(reader.readFrames(info), info.sampleRate());
    }

    private FlacStreamInfo readMetadata() {
        FlacStreamInfo info = null;
        boolean last = false;
        while (!last) {
            last = in.bits(1) == 1;
            int type = in.bits(7);
            int length = in.bits(24);
            boolean streamInfo = type == 0 && length == FlacStreamInfo.LENGTH;
            if (streamInfo != (info == null) || type == 127) {
                throw in.damaged("metadata block " + type + " of " + length + " bytes");
            }
            if (streamInfo) {
                info = FlacStreamInfo.parse(source, in);
            } else {
                in.skip(8L * length);
            }
        }
        return info;
    }

    private float[] readFrames(FlacStreamInfo info) {
        long likely = Math.min(info.totalSamples(), 2L * source.length());
        SampleBuffer samples = new SampleBuffer(source, (int) Math.min(likely, Integer.MAX_VALUE - 16));
        FlacFrame frame = new FlacFrame(source, in, info);
        while (moreFrames(info, samples.size())) {
            int blockSize = frame.decode();
            checkGrowth(info, (long) samples.size() + blockSize);
            int from = samples.size();
            frame.average(samples.extend(blockSize), from);
        }
        if (info.hasMd5() && !Arrays.equals(info.md5(), frame.md5())) {
            throw source.fail(
                    "samples whose MD5 is not the header's",
                    "the samples that were encoded",
                    "fetch the file again: it is damaged");
        }
        return samples.toArray();
    }

    private boolean moreFrames(FlacStreamInfo info, long decoded) {
        if (info.totalSamples() > 0) {
            return decoded < info.totalSamples();
        }
        boolean id3v1 = in.bitsLeft() == 8 * 128 && source.hasAscii(in.byteOffset(), "TAG");
        return !in.atEnd() && !id3v1;
    }

    private void checkGrowth(FlacStreamInfo info, long decoded) {
        if (info.totalSamples() > 0 && decoded > info.totalSamples()) {
            throw in.damaged(decoded + " samples where the header claims " + info.totalSamples());
        }
        if (decoded > MAX_SAMPLES_PER_BYTE * source.length()) {
            throw source.fail(
                    decoded + " samples or more in " + source.length() + " bytes",
                    "at most " + MAX_SAMPLES_PER_BYTE + " samples a byte",
                    "encode the recording again with blocks of at most 16384 samples");
        }
    }
}
