package org.quantvoice.audio;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.OptionalLong;
import org.quantvoice.error.TruncatedAudioException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes a FLAC file frame by frame, with the checks of the whole at its end (sample count, MD5). If several files
 * were joined into one, they are read one after the other. A damaged file is refused at the damaged position, not
 * patched.
 */
final class FlacStream implements AudioStream {
    static final String MAGIC = "fLaC";

    private static final Logger LOG = LoggerFactory.getLogger(FlacStream.class);
    private static final int RESERVED_BLOCK = 127;

    private final AudioSource source;
    private final BitReader in;
    private final FlacStreamInfo first;
    private FlacStreamInfo info;
    private FlacFrame frame;
    private int blockSize;
    private int next;
    /** Number of samples of each channel decoded of the current file. */
    private long decoded;

    private boolean checked;

    FlacStream(AudioSource source) {
        this.source = source;
        this.in = new BitReader(source);
        this.first = readMetadata();
        this.info = first;
        this.frame = new FlacFrame(in, first);
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public int sampleRate() {
        return first.sampleRate();
    }

    @Override
    public int channels() {
        return first.channels();
    }

    @Override
    public OptionalLong frames() {
        return first.totalSamples() == 0 ? OptionalLong.empty() : OptionalLong.of(first.totalSamples());
    }

    @Override
    public int read(float[] out, int from, int frames) {
        if (next == blockSize && !nextBlock()) {
            return -1;
        }
        int count = Math.min(frames, blockSize - next);
        frame.interleave(next, out, from, count);
        next += count;
        return count;
    }

    private boolean nextBlock() {
        while (!moreFrames()) {
            if (!checked) {
                checkWhole();
                checked = true;
            }
            if (!in.startsWith(MAGIC)) {
                return false;
            }
            startAgain();
        }
        blockSize = 0; // so that nothing is read again after an exception
        next = 0;
        int size = frame.decode();
        blockSize = size;
        decoded += size;
        return true;
    }

    /**
     * Returns whether another frame follows; if the header's count is too small, bytes that look like a frame count
     * as one.
     */
    private boolean moreFrames() {
        if (checked) {
            return false;
        }
        boolean complete = info.totalSamples() > 0 && decoded >= info.totalSamples();
        if (complete || in.atEnd()) {
            return complete && in.startsWithSync();
        }
        if (in.startsWith(MAGIC) || in.startsWith("TAG") || in.startsWith("APETAGEX")) {
            return false;
        }
        if (info.totalSamples() == 0 && decoded > 0 && !in.startsWithSync()) {
            throw new TruncatedAudioException(
                    name() + ": something other than a frame at byte " + in.byteOffset(),
                    "frames up to the end, since the header does not say how many there are",
                    "fetch or record the file again: it is truncated");
        }
        return true;
    }

    private void checkWhole() {
        if (decoded < info.totalSamples()) {
            throw new TruncatedAudioException(
                    source.name() + ": a FLAC stream that ends after " + decoded + " of " + info.totalSamples()
                            + " samples, at byte " + in.byteOffset(),
                    "as many samples as its header claims",
                    "fetch or record the file again: it is truncated");
        }
        if (info.totalSamples() > 0 && decoded > info.totalSamples()) {
            LOG.warn("{}: {} samples, where the header claims {}", source.name(), decoded, info.totalSamples());
        }
        if (info.hasMd5() && !Arrays.equals(info.md5(), frame.md5())) {
            throw source.failure(
                    "samples whose MD5 is not the header's",
                    "the samples that were encoded",
                    "fetch the file again: it is damaged");
        }
    }

    private void startAgain() {
        long at = in.byteOffset();
        FlacStreamInfo following = readMetadata();
        if (following.sampleRate() != first.sampleRate() || following.channels() != first.channels()) {
            throw new TruncatedAudioException(
                    String.format(
                            "%s: a second stream of %d Hz and %d channels at byte %d, behind one of %d Hz and %d",
                            name(), following.sampleRate(), following.channels(), at, sampleRate(), channels()),
                    "one rate and one number of channels in a file",
                    "cut the file there");
        }
        info = following;
        frame = new FlacFrame(in, following);
        decoded = 0;
        checked = false;
    }

    private FlacStreamInfo readMetadata() {
        in.skipBytes(MAGIC.length());
        FlacStreamInfo found = null;
        boolean last = false;
        while (!last) {
            last = in.bits(1) == 1;
            int type = in.bits(7);
            int length = in.bits(24);
            boolean streamInfo = type == 0 && length == FlacStreamInfo.LENGTH;
            if (streamInfo != (found == null) || type == RESERVED_BLOCK) {
                throw in.damaged("metadata block " + type + " of " + length + " bytes");
            }
            if (streamInfo) {
                found = FlacStreamInfo.parse(source, in);
            } else {
                in.skipBytes(length);
            }
        }
        return requireNonNull(found);
    }

    @Override
    public void close() {
        source.close();
    }
}
