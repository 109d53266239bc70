package org.quantvoice.audio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/** A growing array of samples for decoders that cannot trust the length a header claims. */
final class SampleBuffer {
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 16;

    private final AudioBytes source;
    private float[] samples;
    private int size;

    SampleBuffer(AudioBytes source, int capacity) {
        this.source = source;
        this.samples = allocate(source.name(), capacity);
    }

    int size() {
        return size;
    }

    /** Makes room for {@code count} more samples, to be written from {@link #size()} on, and counts them. */
    float[] extend(int count) {
        long needed = (long) size + count;
        if (needed > samples.length) {
            long grown = Math.max(needed, Math.min(MAX_LENGTH, samples.length + (samples.length >> 1)));
            float[] larger = allocate(source.name(), grown);
            System.arraycopy(samples, 0, larger, 0, size);
            samples = larger;
        }
        size += count;
        return samples;
    }

    float[] toArray() {
        return size == samples.length ? samples : Arrays.copyOf(samples, size);
    }

    /** An array of {@code length} samples, or an exception in the name of {@code what} where the heap cannot hold it. */
    static float[] allocate(String what, long length) {
        if (length > MAX_LENGTH) {
            throw tooLong(what, length, null);
        }
        try {
            return new float[(int) length];
        } catch (OutOfMemoryError e) { // a refused array leaves the heap as it was, so this one is safe to catch
            throw tooLong(what, length, e);
        }
    }

    private static AudioFormatException tooLong(String what, long length, @Nullable Throwable cause) {
        return AudioBytes.failure(
                what + ": " + length + " samples",
                "audio that fits into the Java heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MiB and holds at most " + MAX_LENGTH + " samples",
                "cut the recording into shorter files, or start Java with a larger -Xmx",
                cause);
    }
}
