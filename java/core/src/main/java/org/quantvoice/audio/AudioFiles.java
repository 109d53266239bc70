package org.quantvoice.audio;

import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/**
 * Reads recordings, as a stream or whole. WAV in all its usual forms and FLAC are built in; other formats depend on
 * the {@link AudioDecoder}s that are installed: {@code quantvoice-ffmpeg} brings MP3, AAC, Ogg, Opus, MP4 and more.
 * The format is judged by the first bytes, not by the name.
 *
 * <p>A recording that breaks off in the middle is read up to there, with a warning in the log, unless {@link
 * AudioOptions#strict()} is set. Otherwise every method throws {@link AudioFormatException}, with the file's name and
 * the place, when the recording is missing, of a format that nothing here reads, damaged, or empty, or holds samples
 * that are not finite.
 */
public final class AudioFiles {
    static final String CONVERT = "convert the file to 16-bit WAV or to FLAC";

    /** Number of samples that a file of any size may unpack to: 268 MB. */
    private static final long FREE_SAMPLES = 1L << 26;
    /**
     * Largest number of samples for each byte of a file beyond {@link #FREE_SAMPLES}: silence in subset FLAC (RFC
     * 9639, section 7) reaches about 400 samples a byte, and a file that claims more is made to fill memory.
     */
    private static final long MAX_SAMPLES_PER_BYTE = 512;

    private AudioFiles() {}

    /** Returns the recording as a stream, with all its channels. */
    public static AudioStream open(Path file) {
        return open(file, AudioOptions.DEFAULT);
    }

    public static AudioStream open(Path file, AudioOptions options) {
        return open(AudioSource.of(file), options);
    }

    /**
     * Returns the recording as a stream; it may be a pipe. Closing the result leaves {@code stream} open.
     *
     * @param name name of the input in error messages
     */
    public static AudioStream open(InputStream stream, String name, AudioOptions options) {
        return open(AudioSource.of(stream, name), options);
    }

    /** Returns the recording as a stream; closing it closes the source, and so does an exception. */
    public static AudioStream open(AudioSource source, AudioOptions options) {
        try {
            AudioDecoder decoder = AudioDecoders.find(source);
            return new GuardedStream(decoder.open(source, options), options.strict());
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** Returns the whole recording: the mean of its channels at its own rate. */
    public static Audio read(Path file) {
        return read(file, AudioOptions.DEFAULT);
    }

    public static Audio read(Path file, AudioOptions options) {
        return read(AudioSource.of(file), options);
    }

    /**
     * Reads to the end of the stream and leaves it open.
     *
     * @param name name of the input in error messages
     */
    public static Audio read(InputStream stream, String name) {
        return read(AudioSource.of(stream, name), AudioOptions.DEFAULT);
    }

    /**
     * Reads a whole file from memory; the array is not retained.
     *
     * @param name name of the input in error messages
     */
    public static Audio read(byte[] bytes, String name) {
        return read(AudioSource.of(bytes, name), AudioOptions.DEFAULT);
    }

    /** Returns the whole recording, like {@link #read(Path)}; the source is closed. */
    public static Audio read(AudioSource source, AudioOptions options) {
        return whole(open(source, options), source);
    }

    /** Returns the rest of a stream, which is closed: the mean of its channels. */
    public static Audio whole(AudioStream stream) {
        return whole(stream, null);
    }

    private static Audio whole(AudioStream stream, @Nullable AudioSource source) {
        try (AudioStream mono = stream.mono()) {
            SampleBuffer samples = new SampleBuffer(stream.name());
            while (samples.append(mono)) {
                if (source != null) {
                    checkGrowth(source, samples.size());
                }
            }
            if (samples.size() == 0) {
                throw new AudioFormatException(
                        stream.name() + ": audio of 0 samples", "at least one sample", "check the recording");
            }
            return new Audio(samples.toArray(), mono.sampleRate());
        }
    }

    private static void checkGrowth(AudioSource source, long samples) {
        long bytes = Math.max(source.position(), source.size().orElse(0));
        if (samples > FREE_SAMPLES && samples / MAX_SAMPLES_PER_BYTE > bytes) {
            throw source.failure(
                    samples + " samples or more in " + bytes + " bytes",
                    "at most " + MAX_SAMPLES_PER_BYTE + " samples a byte in a recording that is read whole",
                    "read it as a stream, or encode it again with blocks of at most 16384 samples");
        }
    }
}
