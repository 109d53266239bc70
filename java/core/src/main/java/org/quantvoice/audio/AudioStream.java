package org.quantvoice.audio;

import java.util.OptionalLong;

/**
 * A recording that is read once, from its start to its end, in bounded memory. One thread at a time uses it.
 *
 * <p>A <i>frame</i> is one sample of each channel. Samples are interleaved, {@code [frame][channel]}, and lie in [-1, 1];
 * louder ones are kept, not clipped.
 */
public interface AudioStream extends AutoCloseable {
    /** What messages call the recording. */
    String name();

    /** Hertz; the same for the whole stream, whatever the recording does. */
    int sampleRate();

    /** 1 or more; the same for the whole stream. */
    int channels();

    /** How many frames there are, as far as the header knows. A claim: the stream may end sooner or later. */
    OptionalLong frames();

    /**
     * Reads what comes next, and waits only for the first frame of it: from a pipe, fewer frames may come than are asked for.
     *
     * @param out {@code out[from, from + result * channels())} is written
     * @param frames 1 or more; the most that are read
     * @return the number of frames, 1 or more; -1 at the end
     * @throws org.quantvoice.error.TruncatedAudioException when the recording breaks off here; all frames before have been
     *     returned
     * @throws org.quantvoice.error.AudioFormatException when it is damaged here, or cannot be read
     */
    int read(float[] out, int from, int frames);

    /** Reads at most as many whole frames as {@code out} holds. */
    default int read(float[] out) {
        return read(out, 0, out.length / channels());
    }

    /** Gives back what the stream holds; a second call does nothing. */
    @Override
    void close();

    /**
     * This stream at another rate, however it is cut bit-equal to {@link Resampler#resample} of each channel. This stream
     * itself if it has that rate; closing the result closes this stream.
     */
    default AudioStream resampled(int rate) {
        return rate == sampleRate() ? this : new ResampledStream(this, rate);
    }

    /** The mean of the channels; this stream itself if it has one channel. Closing the result closes this stream. */
    default AudioStream mono() {
        return channels() == 1 ? this : new MonoStream(this);
    }
}
