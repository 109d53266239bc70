package org.quantvoice.internal.features;

/**
 * The samples of a stream that are still needed: those that were kept, and the newest, which stay in the caller's array until {@link
 * #keep}. Allocates only while what is kept grows. For one thread.
 */
final class SampleWindow {
    private static final float[] NONE = {};

    private float[] kept = NONE;
    private int count;
    /** Place of the first kept sample in the stream. */
    private long first;

    private float[] newest = NONE;
    private int offset;
    private int length;

    /** Returns the number of samples of the stream so far. */
    long end() {
        return first + count + length;
    }

    /** Adds samples, which must not change until {@link #keep}, which is called before the next ones. */
    void append(float[] samples, int from, int number) {
        newest = samples;
        offset = from;
        length = number;
    }

    /** Returns a sample that was not forgotten. */
    float at(long place) {
        int i = Math.toIntExact(place - first);
        return i < count ? kept[i] : newest[offset + i - count];
    }

    /** Copies samples that were not forgotten, those in {@code [from, to)}. */
    void read(long from, long to, double[] target, int at) {
        long middle = Math.max(from, Math.min(to, first + count));
        copy(kept, (int) (from - first), target, at, (int) (middle - from));
        copy(newest, (int) (offset + middle - first - count), target, (int) (at + middle - from), (int) (to - middle));
    }

    private static void copy(float[] source, int from, double[] target, int at, int number) {
        for (int i = 0; i < number; i++) {
            target[at + i] = source[from + i];
        }
    }

    /** Forgets the samples before a place, and the caller's array. */
    void keep(long from) {
        int start = (int) Math.max(0, Math.min(count + (long) length, from - first));
        int left = count + length - start;
        int old = Math.max(0, count - start);
        float[] to = left > kept.length ? new float[left] : kept;
        System.arraycopy(kept, count - old, to, 0, old);
        System.arraycopy(newest, offset + length - (left - old), to, old, left - old);
        kept = to;
        first += start;
        count = left;
        newest = NONE;
        length = 0;
    }

    /** Begins a new stream. */
    void clear() {
        count = 0;
        first = 0;
        newest = NONE;
        length = 0;
    }
}
