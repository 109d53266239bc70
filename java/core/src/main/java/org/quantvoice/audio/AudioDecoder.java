package org.quantvoice.audio;

/**
 * Opens recordings of some formats as streams of samples. WAV and FLAC are built in and are asked first; others are
 * services of this type, found by {@link java.util.ServiceLoader}, and are asked in the order in which it finds them.
 * Instances have no state and may be shared by threads.
 */
public interface AudioDecoder {
    /** A short name for error messages. */
    String name();

    /**
     * Returns whether this decoder reads recordings that start with these bytes.
     *
     * @param head the first {@link AudioSource#HEAD} bytes behind any ID3v2 tag, or all bytes if there are fewer
     */
    boolean accepts(byte[] head);

    /**
     * Reads only the header and leaves the rest to the stream.
     *
     * <p>Sizes and counts that a header claims must not determine how much memory is allocated: memory may grow only
     * with the bytes that are read. The caller ({@link AudioFiles#open}) checks that the stream's rate is 1 to
     * 768,000 Hz and that its samples are finite.
     *
     * @param source stands at the first byte of {@code head}; the stream closes it, and this method does if it throws
     * @param options {@code track} must have an effect or be refused; the caller handles {@code strict}
     * @throws org.quantvoice.error.AudioFormatException when the header is damaged, or of a kind that is not
     *     supported
     */
    AudioStream open(AudioSource source, AudioOptions options);
}
