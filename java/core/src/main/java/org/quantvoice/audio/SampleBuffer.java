package org.quantvoice.audio;

import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/** A growing array of samples, for recordings whose length is not known or cannot be trusted. */
final class SampleBuffer {
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 16;
    private static final long BLOCK = 1 << 10;

    private final String name;
    private float[] samples = {};
    private int size;

    SampleBuffer(String name) {
        this.name = name;
    }

    int size() {
        return size;
    }

    /** Reads the next samples of a stream with one channel; returns false at its end. */
    boolean append(AudioStream stream) {
        if (size == samples.length) {
            float[] larger = allocate(name, Math.max(size + BLOCK, Math.min(MAX_LENGTH, size * 3L / 2)));
            System.arraycopy(samples, 0, larger, 0, size);
            samples = larger;
        }
        int count = stream.read(samples, size, samples.length - size);
        size += Math.max(0, count);
        return count > 0;
    }

    float[] toArray() {
        if (size == samples.length) {
            return samples;
        }
        float[] exact = allocate(name, size);
        System.arraycopy(samples, 0, exact, 0, size);
        return exact;
    }

    /**
     * Returns an array of {@code length} samples; if the heap cannot hold it, the exception's message names {@code
     * what}.
     */
    static float[] allocate(String what, long length) {
        if (length > MAX_LENGTH) {
            throw tooLong(what, length, null);
        }
        try {
            return new float[(int) length];
        } catch (OutOfMemoryError e) { // a refused array leaves the heap unchanged, so this error is safe to catch
            throw tooLong(what, length, e);
        }
    }

    private static AudioFormatException tooLong(String what, long length, @Nullable Throwable cause) {
        String got = what + ": " + length + " samples";
        String expected = "audio that fits into the Java heap of "
                + (Runtime.getRuntime().maxMemory() >> 20) + " MiB and holds at most " + MAX_LENGTH + " samples";
        String cure = "read the recording as a stream, cut it into shorter files, or start Java with a larger -Xmx";
        return cause == null
                ? new AudioFormatException(got, expected, cure)
                : new AudioFormatException(got, expected, cure, cause);
    }
}
