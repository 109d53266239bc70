package org.quantvoice.audio;

import java.util.OptionalLong;

/**
 * A recording that is read once, from its start to its end, in bounded memory. One thread at a time uses it.
 *
 * <p>A <i>frame</i> is one sample of each channel. Samples are interleaved, {@code [frame][channel]}, and lie in [-1, 1];
 * louder ones are kept, not clipped.
 */
public interface AudioStream extends AutoCloseable {
    /** Returns the name of the recording in messages. */
    String name();

    /** Returns the sample rate in hertz; it is constant for the whole stream. */
    int sampleRate();

    /** Returns the number of channels, 1 or more; it is constant for the whole stream. */
    int channels();

    /** Returns the number of frames that the header claims, if it does; the stream may end sooner or later. */
    OptionalLong frames();

    /**
     * Reads the next frames, and waits only for the first of them: a pipe may give fewer frames than are asked for.
     *
     * @param out {@code out[from, from + result * channels())} is written
     * @param frames largest number of frames to read, 1 or more
     * @return the number of frames, 1 or more; -1 at the end
     * @throws org.quantvoice.error.TruncatedAudioException when the recording breaks off here; all frames before have
     *     been returned
     * @throws org.quantvoice.error.AudioFormatException when it is damaged here, or cannot be read
     */
    int read(float[] out, int from, int frames);

    /** Reads at most as many whole frames as {@code out} holds. */
    default int read(float[] out) {
        return read(out, 0, out.length / channels());
    }

    /** Frees the stream's resources; a second call does nothing. */
    @Override
    void close();

    /**
     * Returns this stream at another rate; the samples are bit-equal to {@link Resampler#resample} of each channel,
     * whatever the sizes of reads. If this stream has that rate, it is returned itself. Closing the result closes
     * this stream.
     */
    default AudioStream resampled(int rate) {
        return rate == sampleRate() ? this : new ResampledStream(this, rate);
    }

    /**
     * Returns the mean of the channels as a stream; this stream itself if it has one channel. Closing the result
     * closes this stream.
     */
    default AudioStream mono() {
        return channels() == 1 ? this : new MonoStream(this);
    }
}
